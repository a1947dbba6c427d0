import type { Executor } from "../commands/executor.ts";
import type { Journal } from "../commands/journal.ts";
import type { Verifier } from "../commands/verify-command.ts";
import type { Log } from "../log.ts";
import type { Backoff } from "./backoff.ts";
import type { Bell } from "./bell.ts";
import type { Server } from "./server.ts";
import { asReenroll, ReenrollNeeded } from "./server-error.ts";

export interface CheckinLoopOptions {
  readonly server: Server;
  readonly verifier: Verifier;
  readonly executor: Executor;
  readonly journal: Journal;
  readonly bell: Bell;
  readonly backoff: Backoff;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly random: () => number;
  readonly now: () => Date;
  readonly bootId: string;
  readonly version: string;
  readonly scriptsEnabled: () => boolean;
  readonly intervalSec: number;
}

interface CheckinAnswer {
  readonly serverTime?: string;
  readonly commands?: readonly string[];
  readonly nextSec?: number;
}

/** Checks in when the bell rings and every `nextSec`, give or take a tenth so that devices spread out. Rejects only with ReenrollNeeded. */
export async function checkIn(options: CheckinLoopOptions): Promise<void> {
  const { server, verifier, executor, journal, bell, backoff, log, signal, random, now } = options;
  for (let seq = 1; !signal.aborted; seq++) {
    let waitMs: number;
    try {
      const answer = (await server.post(
        "/agent/v1/checkin",
        {
          bootId: options.bootId,
          seq,
          journalDepth: journal.pendingResults().length,
          agentVersion: options.version,
          scriptsEnabled: options.scriptsEnabled(),
        },
        { signal },
      )) as CheckinAnswer;
      backoff.reset();
      const serverTime = Date.parse(answer.serverTime ?? "");
      await executor.receive(answer.commands ?? [], verifier, Number.isNaN(serverTime) ? now() : new Date(serverTime));
      waitMs = (answer.nextSec ?? options.intervalSec) * 1000 * (0.9 + 0.2 * random());
    } catch (error) {
      if (signal.aborted) return;
      const failure = asReenroll(error);
      if (failure instanceof ReenrollNeeded) throw failure;
      waitMs = backoff.afterMs(failure);
      log.warn("check-in failed", { error: failure, waitMs });
    }
    await bell.wait(waitMs, signal);
  }
}
