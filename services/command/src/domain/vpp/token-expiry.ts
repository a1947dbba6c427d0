const DAY_MS = 86_400_000;

/** How many days before a token's end somebody is told of it; 0 is the end itself. */
const WARNED = [30, 14, 7, 1, 0] as const;

/** The warning that is due now and was not told yet, in whole days that are left. */
export function warningDue(expiresAt: Date, warned: number | undefined, now: Date): number | undefined {
  const left = Math.max(0, Math.floor((expiresAt.getTime() - now.getTime()) / DAY_MS));
  const reached = WARNED.filter((days) => left <= days && (days > 0 || expiresAt <= now)).at(-1);
  return reached === undefined || (warned !== undefined && warned <= reached) ? undefined : reached;
}
