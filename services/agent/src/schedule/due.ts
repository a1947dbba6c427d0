/**
 * Whether a query's turn came in a span of time: at the seconds since 1970 that its interval divides, as in osquery, so
 * that a restart moves nothing. Turns that a machine slept through are made up for by one.
 */
export const isDue = (intervalSec: number, after: Date, upTo: Date): boolean =>
  turnOf(intervalSec, upTo) > turnOf(intervalSec, after);

/** How long until its next turn, in milliseconds. */
export const untilDue = (intervalSec: number, now: Date): number =>
  (turnOf(intervalSec, now) + 1) * intervalSec * 1_000 - now.getTime();

const turnOf = (intervalSec: number, at: Date): number => Math.floor(at.getTime() / (intervalSec * 1_000));
