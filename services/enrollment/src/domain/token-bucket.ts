/** Lets `burst` through at once and `perSecond` in the long run. */
export class TokenBucket {
  readonly #burst: number;
  readonly #perSecond: number;
  #tokens: number;
  #at: number | undefined;

  constructor(burst: number, perSecond: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#tokens = burst;
  }

  take(now: Date): boolean {
    this.#fill(now);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  isEmpty(now: Date): boolean {
    this.#fill(now);
    return this.#tokens < 1;
  }

  /** In how many whole seconds there is a token again. */
  secondsToNext(now: Date): number {
    this.#fill(now);
    return Math.max(1, Math.ceil((1 - this.#tokens) / this.#perSecond));
  }

  #fill(now: Date): void {
    const elapsed = Math.max(0, now.getTime() - (this.#at ?? now.getTime())) / 1000;
    this.#tokens = Math.min(this.#burst, this.#tokens + elapsed * this.#perSecond);
    this.#at = now.getTime();
  }
}
