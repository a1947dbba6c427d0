const HOUR_MS = 3_600_000;
const AHEAD_MS = 30 * 24 * HOUR_MS;
const PAUSE_MS = 4 * HOUR_MS;

/** Which certificates are renewed now: those that end soon, unless the device was asked a short while ago. */
export const renewalWindow = (now: Date): { readonly ends: Date; readonly askedBefore: Date } => ({
  ends: new Date(now.getTime() + AHEAD_MS),
  askedBefore: new Date(now.getTime() - PAUSE_MS),
});
