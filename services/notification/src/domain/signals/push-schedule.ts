const FIRST_MS = 1_000;
const LONGEST_MS = 15 * 60_000;
const LONGEST_RETRY_AFTER_MS = 3_600_000;
const JITTER = 0.2;

/** How long nothing may be taken until the stream is paused. */
export const PATIENCE_MS = 72 * 3_600_000;

/** How long to wait, in milliseconds, after this many failures in a row. `chance` is 0 to 1. */
export function pauseAfterFailure(failures: number, retryAfterMs: number, chance: number): number {
  const scheduled = Math.min(FIRST_MS * 2 ** Math.min(failures - 1, 20), LONGEST_MS);
  return Math.round(Math.max(scheduled * (1 + JITTER * chance), Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS)));
}
