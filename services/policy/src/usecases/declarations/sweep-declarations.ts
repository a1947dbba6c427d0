import { removeUnused, tenantsWithSets } from "../../storage/declarations/sweep.ts";
import type { WriteDeps } from "../write-policy.ts";

/** Removes what no device has to keep to any more. */
export const sweepDeclarations =
  ({ changes, database }: Pick<WriteDeps, "changes" | "database">) =>
  async (): Promise<void> => {
    for (const tenant of await database.system(({ sql }) => tenantsWithSets(sql)))
      await changes.tenant(tenant, ({ sql }) => removeUnused(sql, tenant));
  };
