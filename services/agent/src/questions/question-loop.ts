import type { Backoff } from "../channel/backoff.ts";
import type { Bell } from "../channel/bell.ts";
import type { Server } from "../channel/server.ts";
import { asReenroll, ReenrollNeeded } from "../channel/server-error.ts";
import type { Log } from "../log.ts";
import type { QueryRunner } from "../sql/query-runner.ts";
import { type Answers, answerQuestions, type Questions } from "./answer-questions.ts";

export interface QuestionLoopOptions {
  readonly server: Server;
  readonly nodeKey: string;
  readonly runner: QueryRunner;
  readonly bell: Bell;
  readonly backoff: Backoff;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Milliseconds that only go forward. */
  readonly clock: () => number;
}

const STANDARD_INTERVAL_SEC = 60;
const ACCELERATED_INTERVAL_SEC = 5;
const CONFIG_REFRESH_MS = 5 * 60_000;
const WRITE_ATTEMPTS = 3;

/** Fetches questions when the bell rings or the interval is over, as an osquery client. Rejects only with ReenrollNeeded. */
export async function askForQuestions(options: QuestionLoopOptions): Promise<void> {
  const { runner, bell, backoff, log, signal, clock } = options;
  let intervalSec = STANDARD_INTERVAL_SEC;
  let configuredAt = Number.NEGATIVE_INFINITY;
  let acceleratedUntil = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    let waitMs: number;
    try {
      if (clock() - configuredAt >= CONFIG_REFRESH_MS) {
        intervalSec = await readInterval(options);
        configuredAt = clock();
      }
      const questions = (await post(options, "/api/osquery/distributed/read", {})) as Questions;
      for await (const answers of answerQuestions(questions, runner, clock)) await write(options, answers);
      if (questions.accelerate !== undefined) acceleratedUntil = clock() + questions.accelerate * 1000;
      backoff.reset();
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

async function readInterval(options: QuestionLoopOptions): Promise<number> {
  const config = (await post(options, "/api/osquery/config", {})) as { options?: { distributed_interval?: unknown } };
  const interval = Number(config.options?.distributed_interval);
  return Number.isFinite(interval) && interval >= 1 ? interval : STANDARD_INTERVAL_SEC;
}

/** After the last attempt the answers are dropped: the server asks again for what it still lacks. */
async function write(options: QuestionLoopOptions, answers: Answers): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await post(options, "/api/osquery/distributed/write", answers);
      return;
    } catch (error) {
      if (error instanceof ReenrollNeeded || options.signal.aborted || attempt === WRITE_ATTEMPTS) throw error;
      await options.bell.wait(options.backoff.afterMs(error), options.signal);
    }
  }
}

async function post({ server, nodeKey, signal }: QuestionLoopOptions, path: string, body: object): Promise<unknown> {
  try {
    const answer = await server.post(path, { node_key: nodeKey, ...body }, { signal, nodeKey });
    // osquery's protocol says so with status 200.
    if ((answer as { node_invalid?: boolean }).node_invalid === true) throw new ReenrollNeeded();
    return answer;
  } catch (error) {
    throw asReenroll(error);
  }
}
