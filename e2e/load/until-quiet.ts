import { setTimeout as pause } from "node:timers/promises";
import { usageOf } from "./process-usage.ts";

const SAMPLE_MS = 1000;
/** What a service, Postgres or NATS takes on the average while nobody asks them anything stays below this. */
const QUIET_CORES_EACH = 0.02;
const LONGEST_MS = 10 * 60_000;

/**
 * Waits until the processes have worked off what a load left them: events still under way would be measured as part of
 * what comes next. Ends after ten minutes in any case.
 * @returns how many seconds they went on working.
 */
export const untilQuiet = async (pids: Readonly<Record<string, number>>, longestMs = LONGEST_MS): Promise<number> => {
  const startedAt = performance.now();
  const quiet = QUIET_CORES_EACH * Object.keys(pids).length;
  let before = await spent(pids);
  for (;;) {
    const sampledAt = performance.now();
    await pause(SAMPLE_MS);
    const now = await spent(pids);
    const cores = ((now - before) * 1000) / (performance.now() - sampledAt);
    if (cores < quiet || performance.now() - startedAt > longestMs) return (sampledAt - startedAt) / 1000;
    before = now;
  }
};

const spent = async (pids: Readonly<Record<string, number>>): Promise<number> =>
  [...(await usageOf(pids)).values()].reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
