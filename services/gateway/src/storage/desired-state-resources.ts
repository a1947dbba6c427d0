import type { Work } from "@muster/postgres/service-database";
import { sql } from "kysely";
import type { DesiredStateResourceRow, GatewayTables } from "./tables.ts";

export type KnownResource = Omit<DesiredStateResourceRow, "tenant" | "applied_at">;

/** What documents made or changed in a tenant. */
export const listKnown = ({ sql: transaction }: Work<GatewayTables>, tenant: string): Promise<KnownResource[]> =>
  transaction
    .selectFrom("desired_state_resources")
    .select(["kind", "name", "owner", "resource_id", "made", "contents"])
    .where("tenant", "=", tenant)
    .execute();

/** Notes what documents made or changed; what was made by them once stays so. */
export async function saveKnown(
  { sql: transaction }: Work<GatewayTables>,
  tenant: string,
  known: readonly KnownResource[],
  now: Date,
): Promise<void> {
  if (known.length === 0) return;
  await sql`
    insert into desired_state_resources as r (tenant, kind, name, owner, resource_id, made, contents, applied_at)
    select ${tenant}, kind, name, owner, resource_id, made, contents, ${now}
    from jsonb_to_recordset(${JSON.stringify(known)}::jsonb)
      as k (kind text, name text, owner text, resource_id text, made boolean, contents jsonb)
    on conflict (tenant, kind, name) do update set owner = excluded.owner, resource_id = excluded.resource_id,
      made = excluded.made or (r.made and r.resource_id = excluded.resource_id),
      contents = excluded.contents, applied_at = excluded.applied_at`.execute(transaction);
}

export async function forgetKnown(
  { sql: transaction }: Work<GatewayTables>,
  tenant: string,
  gone: readonly { readonly kind: string; readonly name: string }[],
): Promise<void> {
  if (gone.length === 0) return;
  await sql`
    delete from desired_state_resources r using jsonb_to_recordset(${JSON.stringify(gone)}::jsonb) as g (kind text, name text)
    where r.tenant = ${tenant} and r.kind = g.kind and r.name = g.name`.execute(transaction);
}
