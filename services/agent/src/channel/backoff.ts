import { ServerError } from "./server-error.ts";

export interface Backoff {
  /** How long to wait after this failure: full jitter between nothing and a bound that doubles. */
  afterMs(error: unknown): number;
  reset(): void;
}

const FIRST_MS = 1_000;
const MOST_MS = 5 * 60_000;

/** `random` gives 0 to 1. A Retry-After of the server is a lower bound. */
export function fullJitter(random: () => number, { firstMs = FIRST_MS, mostMs = MOST_MS } = {}): Backoff {
  let attempt = 0;
  return {
    afterMs(error) {
      const bound = Math.min(mostMs, firstMs * 2 ** attempt);
      attempt = Math.min(attempt + 1, 30);
      const asked = error instanceof ServerError ? (error.retryAfterMs ?? 0) : 0;
      return asked + Math.round(random() * bound);
    },
    reset() {
      attempt = 0;
    },
  };
}
