import { AbmError } from "../domain/automated/abm-error.ts";

export interface AbmRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
}

/** What came back, whatever its status. */
export interface AbmAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const DEADLINE_MS = 15_000;
/** Longer waits are for the schedule: meanwhile somebody else can synchronize. */
const LONGEST_WAIT_MS = 20_000;
const ATTEMPTS = 4;

/** What calls need from outside. */
export interface CallDeps {
  readonly pause: (ms: number) => Promise<void>;
  /** From 0 to 1. */
  readonly chance: () => number;
  readonly now: () => Date;
}

/** One HTTP exchange by a deadline. Throws AbmError when nothing came back. */
export async function exchange(url: URL, init: RequestInit): Promise<AbmAnswer> {
  try {
    const response = await fetch(url, { ...init, redirect: "error", signal: AbortSignal.timeout(DEADLINE_MS) });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    throw new AbmError("unavailable", "Apple cannot be reached", { cause: error });
  }
}

/** Asks again while Apple is busy or away: after the time that it names, else after a little more each time. */
export async function untilAnswered(ask: () => Promise<AbmAnswer>, deps: CallDeps): Promise<AbmAnswer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await ask().catch((error: unknown) => {
      if (error instanceof AbmError && error.problem === "unavailable") return error;
      throw error;
    });
    if (!(answer instanceof AbmError) && answer.status !== 429 && answer.status < 500) return answer;
    const named = answer instanceof AbmError ? undefined : retryAfterMs(answer.headers, deps.now());
    const wait = (named ?? 500 * 2 ** attempt) * (1 + deps.chance() / 2);
    if (attempt === ATTEMPTS || wait > LONGEST_WAIT_MS) throw givenUp(answer, named);
    await deps.pause(wait);
  }
}

const givenUp = (answer: AbmAnswer | AbmError, named: number | undefined): AbmError =>
  answer instanceof AbmError
    ? answer
    : new AbmError("unavailable", `Apple answered ${answer.status} and asks to come again later`, {
        ...(named !== undefined && { retryAfterMs: named }),
      });

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryAfterMs(headers: Headers, now: Date): number | undefined {
  const value = headers.get("retry-after") ?? "";
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
