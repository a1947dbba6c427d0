interface Bucket {
  tokens: number;
  at: number;
  /** How many were taken that other replicas have not been told of. */
  untold: number;
}

export interface RateLimitOptions {
  readonly perSecond: number;
  /** How many at once after a time of rest. */
  readonly burst: number;
}

/** Lets each key through at a rate, with a burst after rest. It counts in this process alone, until it is told what is left in all. */
export class RateLimit {
  readonly options: RateLimitOptions;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: RateLimitOptions) {
    this.options = options;
  }

  /** Takes one; answers 0 when that is allowed, else after how many seconds it will be. */
  take(key: string, now: Date): number {
    const bucket = this.#filled(key, now.getTime());
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / this.options.perSecond);
    bucket.tokens -= 1;
    bucket.untold += 1;
    return 0;
  }

  /** The keys that took at least so many of which other replicas have not been told, with how many. */
  untold(atLeast: number): Map<string, number> {
    const keys = [...this.#buckets].filter(([, { untold }]) => untold >= atLeast);
    return new Map(keys.map(([key, { untold }]) => [key, untold]));
  }

  /** So many of a key have been told, and so many are left in all replicas together: fewer than none when they let through more. */
  settle(key: string, told: number, left: number, now: Date): void {
    const bucket = this.#filled(key, now.getTime());
    bucket.untold -= told;
    bucket.tokens = left - bucket.untold;
  }

  /** Drops the keys that are full again, so that memory does not grow with everyone who ever asked. */
  sweep(now: Date): void {
    for (const key of this.#buckets.keys()) {
      if (this.#filled(key, now.getTime()).tokens >= this.options.burst) this.#buckets.delete(key);
    }
  }

  #filled(key: string, at: number): Bucket {
    const { perSecond, burst } = this.options;
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at, untold: 0 };
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, at - bucket.at) / 1000) * perSecond);
    bucket.at = at;
    this.#buckets.set(key, bucket);
    return bucket;
  }
}
