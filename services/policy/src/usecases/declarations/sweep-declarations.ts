import type { ServiceDatabase } from "@muster/postgres/service-database";
import { removeUnused, tenantsWithSets } from "../../storage/declarations/sweep.ts";
import type { PolicyTables } from "../../storage/tables.ts";
import { holdPolicies } from "../../storage/tenant-lock.ts";

/** Removes what no device has to keep to any more. */
export const sweepDeclarations = (database: ServiceDatabase<PolicyTables>) => async (): Promise<void> => {
  for (const tenant of await database.system(({ sql }) => tenantsWithSets(sql)))
    await database.tenant(tenant, async ({ sql }) => {
      await holdPolicies(sql, tenant);
      await removeUnused(sql, tenant);
    });
};
