const TROUBLES = 5;
const SHORTEST_MS = 15_000;
const LONGEST_MS = 10 * 60_000;

/**
 * Stops pushing for a while when the push service is in trouble, and then tries with a single push. The pauses grow while
 * the trouble lasts.
 */
export class Breaker {
  #troubles = 0;
  #pauses = 0;
  #openUntil: Date | undefined;
  #trying = false;

  /** How many of so many pushes may go out now. */
  admit(wanted: number, now: Date): number {
    if (this.#openUntil === undefined || wanted === 0) return wanted;
    if (this.#trying || now < this.#openUntil) return 0;
    this.#trying = true;
    return 1;
  }

  /** Until when nothing goes out; nothing while all may. */
  get openUntil(): Date | undefined {
    return this.#openUntil;
  }

  worked(): void {
    this.#troubles = 0;
    this.#pauses = 0;
    this.#openUntil = undefined;
    this.#trying = false;
  }

  /** `chance` is 0 to 1. */
  failed(now: Date, chance: number): void {
    this.#troubles += 1;
    // Of the pushes that were on their way together, the later ones say nothing new.
    if (this.#openUntil !== undefined && !this.#trying) return;
    if (this.#openUntil === undefined && this.#troubles < TROUBLES) return;
    const pauseMs = Math.min(SHORTEST_MS * 2 ** this.#pauses, LONGEST_MS) * (0.8 + 0.4 * chance);
    this.#openUntil = new Date(now.getTime() + pauseMs);
    this.#pauses += 1;
    this.#trying = false;
  }
}
