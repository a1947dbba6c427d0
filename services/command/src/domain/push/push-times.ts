const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** How long whoever took a due has for it; after that it is somebody else's. */
export const LEASE_MS = 30 * SECOND_MS;
/** A channel that is owed a push again while one is on its way waits so long: the one on its way may do for both. */
export const APART_MS = 2 * SECOND_MS;
/** So long Apple keeps a push for a device that is switched off. */
export const KEPT_MS = 7 * 24 * HOUR_MS;

const LADDER_MS = [30 * SECOND_MS, 2 * MINUTE_MS, 8 * MINUTE_MS, 30 * MINUTE_MS];

/** `chance` is 0 to 1: what is tried again is not tried again all at once. */
const jittered = (ms: number, chance: number): number => ms * (0.8 + 0.4 * chance);

/** When a push is tried again that failed so many times before; never, once the ladder is at its end. */
export function triedAgainAt(attempts: number, now: Date, chance: number): Date | undefined {
  const pauseMs = LADDER_MS[attempts];
  return pauseMs === undefined ? undefined : new Date(now.getTime() + jittered(pauseMs, chance));
}

const NOT_NOW_MS = [15 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS];

/**
 * When a device that put a command off is woken if it did not come back by itself: a device that answered something else
 * after its NotNow does not.
 */
export function remindedAt(deliveries: number, now: Date): Date {
  const pauseMs = NOT_NOW_MS[Math.min(Math.max(deliveries, 1), NOT_NOW_MS.length) - 1] ?? HOUR_MS;
  return new Date(now.getTime() + pauseMs);
}

/** Somewhere in the next while: what has to wait for the same thing does not come back in the same moment. */
export const spreadAfter = (at: Date, spreadMs: number, chance: number): Date =>
  new Date(at.getTime() + spreadMs * chance);
