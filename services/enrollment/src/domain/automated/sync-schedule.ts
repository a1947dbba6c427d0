import type { AbmError } from "./abm-error.ts";

const EVERY_MS = 30 * 60_000;
const FIRST_RETRY_MS = 60_000;
/** People have to act first: asking Apple every minute brings nothing. */
const AFTER_PEOPLE_MS = 3_600_000;

/** When a server is synchronized next after it went well. @param chance from 0 to 1 */
export const nextSync = (now: Date, chance: number): Date => new Date(now.getTime() + EVERY_MS * (0.9 + chance / 5));

/** When it is tried again after a failure, the `failures`th in a row. @param chance from 0 to 1 */
export function retrySync(problem: AbmError | undefined, failures: number, now: Date, chance: number): Date {
  const needsPeople = problem?.problem === "terms_changed" || problem?.problem === "token_refused";
  const backOff = needsPeople ? AFTER_PEOPLE_MS : Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), AFTER_PEOPLE_MS);
  const wait = Math.max(problem?.retryAfterMs ?? 0, backOff * (0.8 + chance * 0.4));
  return new Date(now.getTime() + wait);
}
