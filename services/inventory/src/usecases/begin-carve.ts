import { setTimeout as pause } from "node:timers/promises";
import type { CarveStart } from "../domain/carve-start.ts";
import { refuse } from "../domain/refusals.ts";

export type OpenCarve = (start: CarveStart) => Promise<"open" | "untold" | "unknown">;

const STEP_MS = 500;
/** osquery gives up on an answer after 16 seconds, and versions before 5.22 do not begin a second time. */
const MOST_STEPS = 20;

/**
 * Begins to receive files. osquery starts a carve on its own clock, and may begin while the answer that tells how it calls
 * the carve is still under way: that answer is waited for.
 */
export const beginCarve =
  (open: OpenCarve) =>
  async (start: CarveStart): Promise<void> => {
    for (let step = 0; ; step++) {
      const state = await open(start);
      if (state === "open") return;
      if (state === "unknown" || step === MOST_STEPS) {
        throw refuse("carve.unknown", "no files were asked for under this request_id or carve_id");
      }
      await pause(STEP_MS);
    }
  };
