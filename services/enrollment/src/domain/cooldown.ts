/** Remembers what happened within the last so many milliseconds. */
export class Cooldown {
  readonly #ms: number;
  // A map keeps the order of insertion, and all entries live equally long: the old ones are always in front.
  readonly #until = new Map<string, number>();

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** How many whole seconds the key still has to wait; 0 when it may. */
  secondsLeft(key: string, now: Date): number {
    const until = this.#until.get(key);
    return until === undefined || until <= now.getTime() ? 0 : Math.ceil((until - now.getTime()) / 1000);
  }

  start(key: string, now: Date): void {
    if (this.#ms === 0) return;
    for (const [old, until] of this.#until) {
      if (until > now.getTime()) break;
      this.#until.delete(old);
    }
    this.#until.delete(key);
    this.#until.set(key, now.getTime() + this.#ms);
  }
}
