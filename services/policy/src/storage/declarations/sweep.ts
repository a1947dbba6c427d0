import { sql, type Transaction } from "kysely";
import type { PolicyTables } from "../tables.ts";

/** Removes sets that no channel has any more, and what only they needed. The caller holds the tenant's policies. */
export async function removeUnused(db: Transaction<PolicyTables>, tenant: string): Promise<void> {
  await sql`
    delete from declaration_sets s where s.tenant = ${tenant}
      and not exists (select 1 from declaring_channels c where c.tenant = s.tenant and c.digest = s.digest)`.execute(
    db,
  );
  await sql`
    delete from declaration_set_members m where m.tenant = ${tenant}
      and not exists (select 1 from declaration_sets s where s.tenant = m.tenant and s.digest = m.digest)`.execute(db);
  await sql`
    delete from declaration_bodies b where b.tenant = ${tenant} and not exists (
      select 1 from declaration_set_members m where m.tenant = b.tenant and m.server_token = b.server_token)`.execute(
    db,
  );
  await sql`
    delete from declaration_contents o where o.tenant = ${tenant}
      and not exists (select 1 from declarations d where d.tenant = o.tenant and d.content_sha256 = o.sha256)
      and not exists (select 1 from declaration_set_members m
        where m.tenant = o.tenant and m.content_sha256 = o.sha256)`.execute(db);
}

export async function tenantsWithSets(db: Transaction<PolicyTables>): Promise<string[]> {
  const { rows } = await sql<{ tenant: string }>`select distinct tenant from declaration_sets`.execute(db);
  return rows.map(({ tenant }) => tenant);
}
