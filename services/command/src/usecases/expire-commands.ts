import { advance } from "../domain/evolve.ts";
import type { HandOutDeps } from "./hand-out.ts";
import { byPlatform, recordSteps } from "./record-steps.ts";

const BATCH = 500;
const STRAYS_KEPT_MS = 7 * 24 * 3_600_000;

/** Ends the commands whose time is up; returns how many. */
export const expireCommands =
  ({ transactions, announcer, now }: HandOutDeps) =>
  async (): Promise<number> => {
    for (let total = 0; ; ) {
      const steps = await transactions.system(async (records) => {
        const at = now();
        const due = await records.commands.lockDue(at, BATCH);
        const steps = due.flatMap((command) => advance(command, { kind: "time_passed" }, at).steps);
        await recordSteps(records, steps, byPlatform);
        return steps;
      });
      announcer.changed(steps.map(({ after }) => after));
      total += steps.length;
      if (steps.length < BATCH) return total;
    }
  };

/** Forgets results that changed nothing, a week after they were last said. */
export const forgetOldStrays =
  ({ transactions, now }: Pick<HandOutDeps, "transactions" | "now">) =>
  (): Promise<void> =>
    transactions.system((records) => records.strays.forget(new Date(now().getTime() - STRAYS_KEPT_MS)));
