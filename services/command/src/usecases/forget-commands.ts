import { APPROVAL_WINDOW_MS } from "../domain/campaign/approval.ts";
import { LONGEST_LIFE_MS } from "../domain/decide.ts";
import { forgetCampaigns } from "../storage/campaigns.ts";
import { forgetAskedAlone, forgetBodies, forgetCommands } from "../storage/retention.ts";
import type { CommandWork, Database } from "./ports.ts";

export interface ForgetDeps {
  readonly database: Database;
  readonly now: () => Date;
  /** How long a command is kept after its end, in milliseconds. */
  readonly keptMs: number;
  /** Aborted when the service stops. */
  readonly stopping: AbortSignal;
}

/**
 * Removes commands that ended long ago, the scripts they carried, and what no longer counts of what people asked alone. A script's text is as old as its commands, which
 * end within the longest life of a command: once that and the time of keeping are over, none of them is left.
 */
export const forgetOldCommands =
  ({ database, now, keptMs, stopping }: ForgetDeps) =>
  async (): Promise<void> => {
    const before = new Date(now().getTime() - keptMs);
    const bodiesBefore = new Date(before.getTime() - LONGEST_LIFE_MS);
    const whole = async (part: (sql: CommandWork["sql"]) => Promise<boolean>) => {
      while (!stopping.aborted && (await database.system((work) => part(work.sql))));
    };
    await whole((sql) => forgetCommands(sql, before));
    await whole((sql) => forgetCampaigns(sql, before));
    await whole((sql) => forgetAskedAlone(sql, new Date(now().getTime() - APPROVAL_WINDOW_MS)));
    await whole((sql) => forgetBodies(sql, bodiesBefore));
  };
