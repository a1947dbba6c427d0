import type { CommandResult } from "../commands/command.ts";
import type { Executor } from "../commands/executor.ts";
import type { Journal } from "../commands/journal.ts";
import type { Identity } from "../identity/identity.ts";
import type { Log } from "../log.ts";
import type { LogBuffer } from "../logs/log-buffer.ts";
import { sendLogs } from "../logs/send-logs.ts";
import { askForQuestions } from "../questions/question-loop.ts";
import type { Schedule } from "../schedule/schedule.ts";
import type { Settings } from "../schedule/settings.ts";
import type { QueryRunner } from "../sql/query-runner.ts";
import { type Backoff, fullJitter } from "./backoff.ts";
import type { Bell } from "./bell.ts";
import { checkIn } from "./checkin-loop.ts";
import { followStream } from "./follow-stream.ts";
import { osqueryPost } from "./osquery-post.ts";
import { renewInTime } from "./renewal-loop.ts";
import { reportOnce, reportResults } from "./result-loop.ts";
import type { Server } from "./server.ts";
import { ReenrollNeeded } from "./server-error.ts";

export interface SessionOptions {
  readonly identity: Identity;
  readonly server: Server;
  readonly executor: Executor;
  readonly journal: Journal;
  readonly runner: QueryRunner;
  readonly bells: Readonly<Record<"commands" | "queries" | "results" | "schedule" | "logs", Bell>>;
  readonly settings: Settings;
  readonly schedule: Schedule;
  readonly buffer: LogBuffer;
  readonly running: Map<string, CommandResult>;
  readonly scriptsEnabled: () => boolean;
  readonly bootId: string;
  readonly version: string;
  readonly log: Log;
  readonly now: () => Date;
  readonly random: () => number;
  /** The agent is asked to stop. */
  readonly signal: AbortSignal;
}

export type SessionEnd =
  | { readonly type: "stopped" }
  | { readonly type: "reenroll" }
  /** Its certificate was renewed, or the keys that commands are believed by changed. */
  | { readonly type: "renewed"; readonly what: "certificate" | "command keys"; readonly identity: Identity };

const LAST_REPORT_MS = 3_000;

/** Serves the server under one identity: all loops run until one of them says that this identity is at its end. */
export async function runSession(options: SessionOptions): Promise<SessionEnd> {
  const { identity, server, executor, journal, runner, bells, running, log, now, random } = options;
  const { settings, schedule, buffer } = options;
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  const backoff = (): Backoff => fullJitter(random);
  const wake = (work: "commands" | "queries") => bells[work].ring();
  const post = osqueryPost(server, identity.nodeKey, signal);
  const shared = { server, log, signal, journal, executor, runner, running, now, random };

  const checkins = checkIn({
    ...shared,
    backoff: backoff(),
    bell: bells.commands,
    identity,
    bootId: options.bootId,
    version: options.version,
    scriptsEnabled: options.scriptsEnabled,
  }).then(
    (keys): SessionEnd =>
      keys === undefined
        ? { type: "stopped" }
        : { type: "renewed", what: "command keys", identity: { ...identity, ...keys } },
  );
  const loops = [
    followStream({ ...shared, backoff: backoff(), onWake: wake }),
    reportResults({ ...shared, backoff: backoff(), bell: bells.results }),
    askForQuestions({
      ...shared,
      post,
      settings,
      reconfigured: async () => {
        await schedule.configure(settings.current);
        bells.schedule.ring();
      },
      backoff: backoff(),
      bell: bells.queries,
      clock: () => performance.now(),
    }),
    // Of a person's own device nothing is kept that was not asked for: its schedule does not run.
    ...(identity.ownership === "personal" ? [] : [schedule.run(bells.schedule, signal)]),
    sendLogs({ ...shared, post, buffer, pace: () => settings.current, bell: bells.logs, backoff: backoff() }),
  ].map((loop) => loop.then((): SessionEnd => ({ type: "stopped" })));
  const renewal = renewInTime({ ...shared, identity, backoff: backoff() }).then(
    (renewed): SessionEnd =>
      renewed === undefined ? { type: "stopped" } : { type: "renewed", what: "certificate", identity: renewed },
  );
  try {
    return await Promise.race([...loops, checkins, renewal]);
  } catch (error) {
    if (error instanceof ReenrollNeeded) return { type: "reenroll" };
    throw error;
  } finally {
    over.abort();
    await Promise.allSettled([...loops, checkins, renewal]);
    if (options.signal.aborted) await lastReport(options);
    server.close();
  }
}

/** What ended while the agent was stopping is told at once if the server is there; else after the next start. */
async function lastReport({ executor, journal, server, running, bells, log }: SessionOptions): Promise<void> {
  await executor.stop();
  const signal = AbortSignal.timeout(LAST_REPORT_MS);
  try {
    await reportOnce({ server, journal, running, bell: bells.results, backoff: fullJitter(() => 0), log, signal });
  } catch (error) {
    log.warn("the last results are kept for the next start", { error });
  }
}
