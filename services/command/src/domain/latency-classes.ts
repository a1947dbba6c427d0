/** What each class holds is so many times longer than what the one before does: hence how exact a percentile is. */
export const CLASS_RATIO = 1.2;

export interface LatencyClass {
  /** It holds what took from ratio^class up to ratio^(class + 1) milliseconds. */
  readonly class: number;
  readonly commands: number;
}

/**
 * In how many milliseconds this share of the commands was answered. Within a class they are taken to be spread evenly over
 * the logarithm of the time.
 * @param classes the shortest first, none empty
 */
export function percentile(classes: readonly LatencyClass[], share: number): number {
  const wanted = share * classes.reduce((total, { commands }) => total + commands, 0);
  let before = 0;
  for (const { class: each, commands } of classes) {
    if (before + commands >= wanted) return Math.round(CLASS_RATIO ** (each + (wanted - before) / commands));
    before += commands;
  }
  return 0;
}
