const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

// Standard Webhooks 1.0.0, "Deliverability and reliability": about three days, ten attempts.
const DELAYS_MS = [0, 5_000, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

/** How long a delivery is tried at least, in milliseconds: 75 hours and 35 minutes. */
export const SCHEDULE_MS = DELAYS_MS.reduce((sum, delay) => sum + delay, 0);

const LONGEST_RETRY_AFTER_MS = 24 * HOUR;
const JITTER = 0.2;

/**
 * How long to wait, in milliseconds, after the attempt with this number failed (the first is 1); nothing when it was
 * the last. A receiver that asks for more time gets it. `chance` is 0 to 1.
 */
export function delayAfter(attempt: number, retryAfterMs: number, chance: number): number | undefined {
  const scheduled = DELAYS_MS[attempt];
  if (scheduled === undefined) return undefined;
  return Math.round(Math.max(scheduled * (1 + JITTER * chance), Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS)));
}
