/** Lets a second's worth through at once, and `perSecond` in the long run. */
export class TokenBucket {
  readonly #perSecond: number;
  #tokens: number;
  #at: number | undefined;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
  }

  /** Takes as many as there are, at most so many. */
  take(wanted: number, now: Date): number {
    const at = now.getTime();
    const elapsedS = Math.max(0, at - (this.#at ?? at)) / 1_000;
    this.#tokens = Math.min(this.#perSecond, this.#tokens + elapsedS * this.#perSecond);
    this.#at = at;
    const taken = Math.min(wanted, Math.floor(this.#tokens));
    this.#tokens -= taken;
    return taken;
  }
}
