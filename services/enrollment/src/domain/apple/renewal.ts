const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const AHEAD_MS = 30 * DAY_MS;
const PAUSE_MS = 4 * HOUR_MS;
/**
 * After so long a renewal is over, whatever became of it: its command waits a week for the device and another day for the
 * answer of one that has fetched it. Only an end that brings no certificate is told here. A device that took the profile is
 * expected to come with its new certificate, and one that never did would not be asked again.
 */
const OVER_MS = 8 * DAY_MS;

/** Renewals that were asked for before this moment are on their way no longer. */
export const renewalsOver = (now: Date): Date => new Date(now.getTime() - OVER_MS);

/** Which certificates are renewed now: those that end soon, unless the device was asked a short while ago. */
export const renewalWindow = (now: Date): { readonly ends: Date; readonly askedBefore: Date } => ({
  ends: new Date(now.getTime() + AHEAD_MS),
  askedBefore: new Date(now.getTime() - PAUSE_MS),
});
