import type { SeededRandom } from "./seeded-random.ts";

export interface BackOffLimits {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** Exponential with full jitter, so that a fleet that lost its server does not come back in step. */
export class BackOff {
  readonly #limits: BackOffLimits;
  readonly #random: SeededRandom;
  #failures = 0;

  constructor(limits: BackOffLimits, random: SeededRandom) {
    this.#limits = limits;
    this.#random = random;
  }

  nextMs(): number {
    const most = Math.min(this.#limits.mostMs, this.#limits.firstMs * 2 ** this.#failures);
    this.#failures += 1;
    return Math.floor(this.#limits.firstMs / 2 + this.#random.next() * most);
  }

  succeeded(): void {
    this.#failures = 0;
  }
}
