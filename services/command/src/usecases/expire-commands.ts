import { dueAt } from "../domain/decide.ts";
import { advance } from "../domain/evolve.ts";
import { lockDue, lookLater } from "../storage/commands.ts";
import { forgetStrays } from "../storage/stray-results.ts";
import type { HandOutDeps } from "./hand-out.ts";
import { byPlatform, recordSteps } from "./record-steps.ts";

const BATCH = 500;
const STRAYS_KEPT_MS = 7 * 24 * 3_600_000;

/** Ends the commands whose time is up; returns how many. */
export const expireCommands =
  ({ database, announcer, now }: HandOutDeps) =>
  async (): Promise<number> => {
    for (let total = 0; ; ) {
      const { looked, steps } = await database.system(async (work) => {
        const at = now();
        const due = await lockDue(work.sql, at, BATCH);
        await lookLater(
          work.sql,
          due.filter((command) => at < dueAt(command)),
        );
        const steps = due.flatMap((command) => advance(command, { kind: "time_passed" }, at).steps);
        await recordSteps(work, steps, byPlatform);
        return { looked: due.length, steps };
      });
      announcer.changed(steps.map(({ after }) => after));
      total += steps.length;
      if (looked < BATCH) return total;
    }
  };

/** Forgets results that changed nothing, a week after they were last said. */
export const forgetOldStrays =
  ({ database, now }: Pick<HandOutDeps, "database" | "now">) =>
  (): Promise<void> =>
    database.system((work) => forgetStrays(work.sql, new Date(now().getTime() - STRAYS_KEPT_MS)));
