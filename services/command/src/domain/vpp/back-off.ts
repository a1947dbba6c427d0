const FIRST_MS = 2_000;
const LONGEST_MS = 15 * 60_000;

/** How long to wait after so many failures in a row, spread by half; never less than the other side asked for. */
export function backOffMs(failures: number, random: number, retryAfterMs = 0): number {
  const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 20));
  return Math.max(retryAfterMs, wait * (0.5 + random / 2));
}
