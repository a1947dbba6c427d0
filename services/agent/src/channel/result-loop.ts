import type { CommandResult } from "../commands/command.ts";
import type { Journal } from "../commands/journal.ts";
import type { Log } from "../log.ts";
import type { Backoff } from "./backoff.ts";
import type { Bell } from "./bell.ts";
import type { Server } from "./server.ts";
import { asReenroll, ReenrollNeeded } from "./server-error.ts";

export interface ResultLoopOptions {
  readonly server: Server;
  readonly journal: Journal;
  /** Commands that have begun since the last report; told once, as their results follow in any case. */
  readonly running: Map<string, CommandResult>;
  readonly bell: Bell;
  readonly backoff: Backoff;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const BATCH_RESULTS = 50;
const BATCH_CHARACTERS = 4 * 1024 * 1024;

/** Sends results whenever there are some, until the server has accepted them. Rejects only with ReenrollNeeded. */
export async function reportResults(options: ResultLoopOptions): Promise<void> {
  const { journal, running, bell, backoff, log, signal } = options;
  while (!signal.aborted) {
    let waitMs: number | undefined;
    try {
      const left = await reportOnce(options);
      if (left === 0) backoff.reset();
      else waitMs = backoff.afterMs(undefined);
      if (running.size === 0 && journal.pendingResults().length === 0) waitMs = undefined;
      else waitMs ??= 0;
    } catch (error) {
      if (signal.aborted) return;
      const failure = asReenroll(error);
      if (failure instanceof ReenrollNeeded) throw failure;
      waitMs = backoff.afterMs(failure);
      log.warn("results could not be reported", { error: failure, waitMs });
    }
    await bell.wait(waitMs, signal);
  }
}

/** Returns how many of those sent the server did not accept. */
export async function reportOnce({ server, journal, running, signal }: ResultLoopOptions): Promise<number> {
  const begun = [...running.values()].filter(({ commandId }) => journal.find(commandId)?.state === "started");
  running.clear();
  const ended = batchOf(journal.pendingResults());
  const results = [...begun, ...ended];
  if (results.length === 0) return 0;
  const answer = (await server.post("/agent/v1/results", { results }, { signal })) as { accepted?: readonly string[] };
  const accepted = new Set(answer.accepted ?? []);
  const done = ended.filter(({ commandId }) => accepted.has(commandId));
  const lines = done.map(({ commandId }) => {
    const notAfter = journal.find(commandId)?.notAfter ?? "";
    return { entry: "accepted", id: commandId, notAfter } as const;
  });
  if (lines.length > 0) await journal.append(...lines);
  return ended.length - done.length;
}

function batchOf(results: readonly CommandResult[]): readonly CommandResult[] {
  let characters = 0;
  const batch: CommandResult[] = [];
  for (const result of results) {
    characters += (result.output ?? "").length;
    if (batch.length === BATCH_RESULTS || (batch.length > 0 && characters > BATCH_CHARACTERS)) break;
    batch.push(result);
  }
  return batch;
}
