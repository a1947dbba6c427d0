const DAY_MS = 86_400_000;

/** So many days before a token ends its administrator is warned; the last time when it has ended. */
const WARNINGS_DAYS = [30, 14, 7, 1, 0];

/** How many warnings are due by now. */
export const warningsDue = (expiresAt: Date, now: Date): number =>
  WARNINGS_DAYS.filter((days) => expiresAt.getTime() - now.getTime() <= days * DAY_MS).length;
