import type { Backoff } from "../channel/backoff.ts";
import type { Bell } from "../channel/bell.ts";
import type { OsqueryPost } from "../channel/osquery-post.ts";
import { ReenrollNeeded } from "../channel/server-error.ts";
import type { Log } from "../log.ts";
import type { Settings } from "../schedule/settings.ts";
import type { QueryRunner } from "../sql/query-runner.ts";
import { type Answers, answerQuestions, type Questions } from "./answer-questions.ts";

export interface QuestionLoopOptions {
  readonly post: OsqueryPost;
  readonly settings: Settings;
  /** The server gave another configuration, which is the current one now. */
  readonly reconfigured: () => Promise<void>;
  readonly runner: QueryRunner;
  readonly bell: Bell;
  readonly backoff: Backoff;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Milliseconds that only go forward. */
  readonly clock: () => number;
}

const ACCELERATED_INTERVAL_SEC = 5;
const CONFIG_REFRESH_MS = 60_000;
const WRITE_ATTEMPTS = 3;

/** Fetches questions when the bell rings or the interval is over, as an osquery client. Rejects only with ReenrollNeeded. */
export async function askForQuestions(options: QuestionLoopOptions): Promise<void> {
  const { post, settings, runner, bell, backoff, log, signal, clock } = options;
  let configuredAt = Number.NEGATIVE_INFINITY;
  let acceleratedUntil = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    let waitMs: number;
    try {
      if (clock() - configuredAt >= CONFIG_REFRESH_MS) {
        const { etag } = settings;
        const answer = await post("/api/osquery/config", etag === undefined ? {} : { etag });
        configuredAt = clock();
        if (await settings.adopt(answer)) await options.reconfigured();
      }
      const questions = (await post("/api/osquery/distributed/read", {})) as Questions;
      for await (const answers of answerQuestions(questions, runner, clock)) await write(options, answers);
      if (questions.accelerate !== undefined) acceleratedUntil = clock() + questions.accelerate * 1000;
      backoff.reset();
      const intervalSec = Math.max(1, settings.current.distributedIntervalSec);
      waitMs = (clock() < acceleratedUntil ? Math.min(ACCELERATED_INTERVAL_SEC, intervalSec) : intervalSec) * 1000;
    } catch (error) {
      if (error instanceof ReenrollNeeded) throw error;
      if (signal.aborted) return;
      waitMs = backoff.afterMs(error);
      log.warn("questions could not be fetched or answered", { error, waitMs });
    }
    await bell.wait(waitMs, signal);
  }
}

/** After the last attempt the answers are dropped: the server asks again for what it still lacks. */
async function write(options: QuestionLoopOptions, answers: Answers): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await options.post("/api/osquery/distributed/write", answers);
      return;
    } catch (error) {
      if (error instanceof ReenrollNeeded || options.signal.aborted || attempt === WRITE_ATTEMPTS) throw error;
      await options.bell.wait(options.backoff.afterMs(error), options.signal);
    }
  }
}
