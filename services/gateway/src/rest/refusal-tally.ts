import type { RateLimit } from "../domain/rate-limit.ts";

/** More than so many who are refused are not told apart. */
const MAX_KEYS = 10_000;

/**
 * Who is refused again and again does not get a record each time: that would let anybody fill the disk. What is passed over
 * is counted, and told in the next record.
 */
export class RefusalTally {
  readonly #limit: RateLimit;
  readonly #passedOver = new Map<string, number>();

  constructor(limit: RateLimit) {
    this.#limit = limit;
  }

  /** How many were passed over before this one, or nothing when it is passed over too. */
  take(key: string, now: Date): number | undefined {
    const before = this.#passedOver.get(key) ?? 0;
    if (this.#limit.take(key, now) === 0) {
      this.#passedOver.delete(key);
      return before;
    }
    if (this.#passedOver.size < MAX_KEYS || before > 0) this.#passedOver.set(key, before + 1);
    return undefined;
  }
}
