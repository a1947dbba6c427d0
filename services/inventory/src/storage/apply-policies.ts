import type { Policy } from "@muster/contracts/gen/muster/policy/v1/policy";
import { sql } from "kysely";
import { column, type InventoryWork } from "./schema.ts";
import { raiseWorkVersion } from "./tenant-rules.ts";

export interface HeardPolicy {
  readonly tenant: string;
  readonly policy: Policy;
  readonly removed: boolean;
}

/** policy's own default and least interval; what it sends is checked there. */
const DEFAULT_INTERVAL_SECONDS = 3600;

/** Brings the questions up to what policies ask; of one policy only the newest revision counts. */
export async function applyPolicies(work: InventoryWork, heard: readonly HeardPolicy[]): Promise<void> {
  const newest = new Map<string, HeardPolicy>();
  for (const each of heard) {
    const key = `${each.tenant}/${each.policy.id}`;
    const before = newest.get(key);
    if (before === undefined || each.removed || before.policy.revision <= each.policy.revision) newest.set(key, each);
  }
  const rows = [...newest.values()].map(({ tenant, policy, removed }) => ({
    tenant,
    id: policy.id,
    revision: policy.revision,
    removed,
    asks: !removed && policy.enabled,
    body: JSON.stringify({
      query: policy.query,
      interval_seconds: policy.intervalSeconds || DEFAULT_INTERVAL_SECONDS,
      device_ids: policy.selection?.deviceIds ?? [],
      label_ids: policy.selection?.labelIds ?? [],
      platforms: policy.selection?.platforms ?? [],
    }),
  }));
  if (rows.length === 0) return;
  await sql`
    with heard as (
      select * from unnest(${column(rows, "tenant")}::text[], ${column(rows, "id")}::uuid[],
        ${column(rows, "revision")}::int[], ${column(rows, "removed")}::boolean[], ${column(rows, "asks")}::boolean[],
        ${column(rows, "body")}::jsonb[]) as h (tenant, id, revision, removed, asks, body)),
    fresh as (
      insert into policies_heard as p (tenant, id, revision, removed) select tenant, id, revision, removed from heard
      on conflict (tenant, id) do update set revision = excluded.revision, removed = excluded.removed
        where not p.removed and (excluded.removed or excluded.revision > p.revision)
      returning tenant, id),
    gone as (
      delete from questions q using heard h join fresh f using (tenant, id)
      where not h.asks and q.tenant = h.tenant and q.id = h.id),
    gone_answers as (
      delete from policy_answers a using heard h join fresh f using (tenant, id)
      where h.removed and a.tenant = h.tenant and a.policy_id = h.id)
    insert into questions (tenant, id, kind, revision, query, interval_seconds, device_ids, label_ids, platforms)
    select h.tenant, h.id, 'policy', h.revision, b.query, b.interval_seconds, b.device_ids, b.label_ids, b.platforms
    from heard h join fresh f using (tenant, id),
      jsonb_to_record(h.body) as b (query text, interval_seconds int, device_ids text[], label_ids text[], platforms text[])
    where h.asks
    on conflict (tenant, id) do update set revision = excluded.revision, query = excluded.query,
      interval_seconds = excluded.interval_seconds, device_ids = excluded.device_ids, label_ids = excluded.label_ids,
      platforms = excluded.platforms`.execute(work.sql);
  await raiseWorkVersion(work, column(rows, "tenant"));
}
