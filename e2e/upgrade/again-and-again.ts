import { setTimeout as pause } from "node:timers/promises";
import type { SeededRandom } from "../simulators/seeded-random.ts";

interface Pauses {
  /** From one time to the next, on the average. */
  readonly everyMs: number;
  readonly random: SeededRandom;
}

/** Does something again and again. @returns what ends that, after the time that is under way. */
export function againAndAgain({ everyMs, random }: Pauses, act: () => Promise<void>): () => Promise<void> {
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await act();
      await pause(2 * everyMs * random.next(), undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return async () => {
    stopping.abort();
    await running;
  };
}
