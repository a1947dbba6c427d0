const FIRST_MS = 5_000;
const LONGEST_MS = 3600_000;

/** How long a parked device rests after so many failures: from 5 s doubling to an hour, a tenth more or less. */
export function retryPauseMs(attempts: number, chance: number): number {
  const pause = Math.min(FIRST_MS * 2 ** (attempts - 1), LONGEST_MS);
  return Math.round(pause * (0.9 + 0.2 * chance));
}
