import { mutate, numbersFrom } from "./mutate.ts";
import type { Target } from "./targets.ts";

export interface FuzzReport {
  readonly accepted: number;
  readonly refused: number;
  /** Milliseconds: all of them, and the one that took longest. */
  readonly total: number;
  readonly slowest: number;
  /** Bytes: the most that was in the heap and the buffers beside it, above what was there at the beginning. */
  readonly memory: number;
}

const MEMORY_EVERY = 1000;
const held = (): number => {
  const { external, heapUsed } = process.memoryUsage();
  return heapUsed + external;
};

/** Gives a reader so many changed messages. Throws, with the message in hex, when it answers with another error than its own. */
export function fuzz({ read, refusal, seeds }: Target, times: number, seed: number): FuzzReport {
  const below = numbersFrom(seed);
  const before = held();
  let [accepted, refused, slowest, memory] = [0, 0, 0, 0];
  const began = performance.now();
  for (let time = 0; time < times; time++) {
    const bytes = mutate(seeds[below(seeds.length)] ?? Buffer.alloc(0), below);
    const start = performance.now();
    try {
      read(bytes);
      accepted++;
    } catch (error) {
      if (!(error instanceof refusal))
        throw new Error(`${String(error)} for ${bytes.toString("hex")}`, { cause: error });
      refused++;
    }
    slowest = Math.max(slowest, performance.now() - start);
    if (time % MEMORY_EVERY === 0) memory = Math.max(memory, held() - before);
  }
  return { accepted, refused, total: performance.now() - began, slowest, memory };
}
