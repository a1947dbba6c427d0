/** What is known of how the other side did, and until when it is left alone. Times are milliseconds since 1970. */
export interface Breaker {
  /** Failures in a row. */
  readonly failures: number;
  /** It is not spoken to before. */
  readonly pauseUntil: number;
  readonly lastSuccessAt: number | undefined;
  readonly lastFailureAt: number | undefined;
  /** What it said, or did not say, when it last failed. */
  readonly lastError: string;
}

export const WELL: Breaker = {
  failures: 0,
  pauseUntil: 0,
  lastSuccessAt: undefined,
  lastFailureAt: undefined,
  lastError: "",
};

/** After so many failures in a row the breaker opens, and people are told. */
export const FAILURES_TO_OPEN = 5;

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
const LONGEST_ASKED_MS = 3600_000;
const JITTER = 0.3;

/** How long to wait after the failure with this number; the other side may ask for more. `chance` is 0 to 1. */
export function pauseAfter(failures: number, askedMs: number, chance: number): number {
  const growing = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
  return Math.round(Math.max(growing * (1 + JITTER * chance), Math.min(askedMs, LONGEST_ASKED_MS)));
}

export const afterSuccess = (breaker: Breaker, now: number): Breaker => ({
  ...breaker,
  failures: 0,
  pauseUntil: 0,
  lastSuccessAt: now,
});

export interface Failure {
  readonly message: string;
  /** For how long the other side asked to be left alone; 0 when it did not. */
  readonly afterMs: number;
  /** It answered well, but refused what was sent: it is left alone only when it goes on like that. */
  readonly isRefusal: boolean;
}

/** Batches that were on their way together fail together, which counts once. */
export function afterFailure(
  breaker: Breaker,
  sentAt: number,
  { message, afterMs, isRefusal }: Failure,
  now: number,
  chance: number,
): Breaker {
  const isNews = breaker.failures === 0 || sentAt > (breaker.lastFailureAt ?? 0);
  const failures = isNews ? breaker.failures + 1 : breaker.failures;
  const pauses = !isRefusal || failures >= FAILURES_TO_OPEN;
  const pauseUntil = pauses ? Math.max(breaker.pauseUntil, now + pauseAfter(failures, afterMs, chance)) : 0;
  return { ...breaker, failures, pauseUntil, lastFailureAt: now, lastError: message };
}

export type BreakerPosition = "BREAKER_STATE_CLOSED" | "BREAKER_STATE_OPEN" | "BREAKER_STATE_HALF_OPEN";

/** Closed until it failed several times in a row; then open while it is left alone, and half-open while it is tried. */
export function positionOf({ failures, pauseUntil }: Pick<Breaker, "failures" | "pauseUntil">, now: number) {
  if (failures < FAILURES_TO_OPEN) return "BREAKER_STATE_CLOSED" satisfies BreakerPosition;
  return (now < pauseUntil ? "BREAKER_STATE_OPEN" : "BREAKER_STATE_HALF_OPEN") satisfies BreakerPosition;
}
