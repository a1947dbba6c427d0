import { expectRevision } from "@muster/host/revision";
import { sql } from "kysely";
import type { OsqueryConfig } from "../domain/osquery-config.ts";
import type { InventoryDatabase, InventoryWork } from "./schema.ts";

export interface StoredConfig extends OsqueryConfig {
  readonly revision: number;
  readonly updated_at: Date;
}

export const readConfigOf = (database: InventoryDatabase, tenant: string): Promise<StoredConfig | undefined> =>
  database.tenant(tenant, async (work) => {
    const { rows } = await sql<StoredConfig>`
      select options, schedule, packs, decorators, revision, updated_at
      from osquery_configs where tenant = ${tenant}`.execute(work.sql);
    return rows[0];
  });

export async function writeConfigOf(
  work: InventoryWork,
  tenant: string,
  { options, schedule, packs, decorators }: OsqueryConfig,
  expected: readonly number[],
  now: Date,
): Promise<StoredConfig> {
  const { rows } = await sql<StoredConfig>`
    insert into osquery_configs as c (tenant, options, schedule, packs, decorators, revision, updated_at)
    values (${tenant}, ${JSON.stringify(options)}::jsonb, ${JSON.stringify(schedule)}::jsonb,
      ${JSON.stringify(packs)}::jsonb, ${JSON.stringify(decorators)}::jsonb, 1, ${now})
    on conflict (tenant) do update set options = excluded.options, schedule = excluded.schedule, packs = excluded.packs,
      decorators = excluded.decorators, revision = c.revision + 1, updated_at = excluded.updated_at
    returning options, schedule, packs, decorators, revision, updated_at`.execute(work.sql);
  const stored = rows[0] as StoredConfig;
  expectRevision({ revision: stored.revision - 1 }, expected);
  return stored;
}
