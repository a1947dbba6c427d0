import type { Span } from "./digest-sql.ts";
import { MINUTE_MS } from "./event-time.ts";

const PART_MS = 60 * MINUTE_MS;
/** How often everything that is kept is compared. */
const EVERY_MS = 6 * 60 * MINUTE_MS;

/**
 * Goes through everything that is kept, an hour of events at a time and the oldest first, but never beyond what can be
 * lost; then rests until the next pass.
 */
export class FullPass {
  #next: number | undefined;
  #begunAt = Number.NEGATIVE_INFINITY;

  next(kept: Span, reach: number, now: number): Span | undefined {
    if (this.#next === undefined) {
      if (now < this.#begunAt + EVERY_MS) return undefined;
      this.#begunAt = now;
      this.#next = kept.from;
    }
    const from = Math.ceil(Math.max(this.#next, kept.from) / MINUTE_MS) * MINUTE_MS;
    const until = Math.min(from + PART_MS, reach, kept.until);
    if (from >= kept.until) this.#next = undefined;
    if (from >= until) return undefined;
    this.#next = until < kept.until ? until : undefined;
    return { from, until };
  }
}
