import { adoptKeys, type CommandKeys, digestOf } from "../commands/command-keys.ts";
import type { Executor } from "../commands/executor.ts";
import type { Journal } from "../commands/journal.ts";
import type { Identity } from "../identity/identity.ts";
import type { Log } from "../log.ts";
import type { Backoff } from "./backoff.ts";
import type { Bell } from "./bell.ts";
import type { Server } from "./server.ts";
import { asReenroll, ReenrollNeeded } from "./server-error.ts";

export interface CheckinLoopOptions {
  readonly server: Server;
  readonly identity: Pick<Identity, "deviceId" | "checkinIntervalSec"> & CommandKeys;
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
}

interface CheckinAnswer {
  readonly serverTime?: string;
  readonly commands?: readonly string[];
  /** A set of keys that is not ours, signed. */
  readonly commandKeys?: unknown;
  readonly nextSec?: number;
}

/**
 * Checks in when the bell rings and every `nextSec`, give or take a tenth so that devices spread out. Resolves with new
 * keys for commands once the server has announced some; rejects only with ReenrollNeeded.
 */
export async function checkIn(options: CheckinLoopOptions): Promise<CommandKeys | undefined> {
  const { server, identity, executor, journal, bell, backoff, log, signal, random, now } = options;
  const { deviceId, checkinIntervalSec } = identity;
  const digest = await digestOf(identity.commandKeys);
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
          commandKeys: digest,
        },
        { signal },
      )) as CheckinAnswer;
      backoff.reset();
      const serverTime = Date.parse(answer.serverTime ?? "");
      const news = await announcedKeys(answer, options);
      const { commandKeys: keys } = news ?? identity;
      const serverNow = Number.isNaN(serverTime) ? now() : new Date(serverTime);
      await executor.receive(answer.commands ?? [], { deviceId, keys }, serverNow);
      if (news !== undefined) return news;
      waitMs = (answer.nextSec ?? checkinIntervalSec) * 1000 * (0.9 + 0.2 * random());
    } catch (error) {
      if (signal.aborted) return undefined;
      const failure = asReenroll(error);
      if (failure instanceof ReenrollNeeded) throw failure;
      waitMs = backoff.afterMs(failure);
      log.warn("check-in failed", { error: failure, waitMs });
    }
    await bell.wait(waitMs, signal);
  }
  return undefined;
}

async function announcedKeys(
  { commandKeys }: CheckinAnswer,
  { identity, log, now }: CheckinLoopOptions,
): Promise<CommandKeys | undefined> {
  if (commandKeys === undefined) return undefined;
  try {
    return await adoptKeys(commandKeys, identity, now());
  } catch (error) {
    log.warn("keys for commands not believed", { error });
    return undefined;
  }
}
