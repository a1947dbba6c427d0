import { setTimeout as pause } from "node:timers/promises";
import type { CarveStart } from "../domain/carve-start.ts";
import { refuse } from "../domain/refusals.ts";

export interface BeginCarveDependencies {
  readonly open: (start: CarveStart) => Promise<"open" | "untold" | "unknown">;
  readonly fail: (start: CarveStart, error: string) => Promise<void>;
  readonly maxBytes: number;
}

const STEP_MS = 500;
/** osquery gives up on an answer after 16 seconds, and versions before 5.22 do not begin a second time. */
const MOST_STEPS = 20;

/**
 * Begins to receive files. osquery starts a carve on its own clock, and may begin while the answer that tells how it calls
 * the carve is still under way: that answer is waited for. What is too large has failed: the host does not try again.
 */
export const beginCarve =
  ({ open, fail, maxBytes }: BeginCarveDependencies) =>
  async (start: CarveStart): Promise<void> => {
    const tooLarge = start.sizeBytes > maxBytes;
    // Nobody vouches for the numbers of what is refused: they may be more than a column holds.
    const opened = tooLarge ? { ...start, sizeBytes: 0, blockSize: 0, blocks: 0 } : start;
    for (let step = 0; ; step++) {
      const state = await open(opened);
      if (state === "open") break;
      if (state === "unknown" || step === MOST_STEPS) {
        throw refuse("carve.unknown", "no files were asked for under this request_id or carve_id");
      }
      await pause(STEP_MS);
    }
    if (!tooLarge) return;
    const error = `a carve here has at most ${maxBytes} bytes, and this one has ${start.sizeBytes}`;
    await fail(start, error);
    throw refuse("carve.too_large", error);
  };
