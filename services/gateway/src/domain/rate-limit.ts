interface Bucket {
  tokens: number;
  at: number;
}

export interface RateLimitOptions {
  readonly perSecond: number;
  /** How many at once after a time of rest. */
  readonly burst: number;
}

/** Lets each key through at a rate, with a burst after rest. It counts in this process alone. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  /** Takes one; answers 0 when that is allowed, else after how many seconds it will be. */
  take(key: string, now: Date): number {
    const bucket = this.#filled(key, now.getTime());
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / this.#options.perSecond);
    bucket.tokens -= 1;
    return 0;
  }

  /** Drops the keys that are full again, so that memory does not grow with everyone who ever asked. */
  sweep(now: Date): void {
    for (const key of this.#buckets.keys()) {
      if (this.#filled(key, now.getTime()).tokens >= this.#options.burst) this.#buckets.delete(key);
    }
  }

  #filled(key: string, at: number): Bucket {
    const { perSecond, burst } = this.#options;
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at };
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, at - bucket.at) / 1000) * perSecond);
    bucket.at = at;
    this.#buckets.set(key, bucket);
    return bucket;
  }
}
