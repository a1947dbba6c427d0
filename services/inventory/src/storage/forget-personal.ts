import { sql } from "kysely";
import { expireCarves } from "./carves.ts";
import { column, type DeviceKey, type InventoryWork } from "./schema.ts";
import { writeMemberships } from "./write-memberships.ts";

/**
 * Forgets what is known of devices that became their owners' own. One that was the organisation's, or answered before its
 * enrollment was heard of, may have left more than is allowed.
 */
export async function forgetPersonal(work: InventoryWork, devices: readonly DeviceKey[], now: Date): Promise<void> {
  if (devices.length === 0) return;
  const these = sql`(tenant, device_id) in (select * from unnest(${column(devices, "tenant")}::text[],
    ${column(devices, "deviceId")}::uuid[]))`;
  // First: an answer that is being written meanwhile is waited for, and goes with the rest.
  await sql`update device_work set fingerprints = '{}', detail_due_at = '-infinity' where ${these}`.execute(work.sql);
  await sql`
    update software s set device_count = s.device_count - c.n
    from (select tenant, unnest(ids) as id, count(*) as n from device_software where ${these} group by 1, 2) c
    where s.tenant = c.tenant and s.id = c.id`.execute(work.sql);
  for (const table of [
    "facts",
    "fact_history",
    "device_software",
    "software_changes",
    "query_results",
    "query_lines",
    "status_logs",
  ]) {
    await sql`delete from ${sql.table(table)} where ${these}`.execute(work.sql);
  }
  await expireCarves(work, these);
  // A tenant's live queries are few: each answer is looked up by its key.
  await sql`
    update live_targets t set rows = '[]'
    from unnest(${column(devices, "tenant")}::text[], ${column(devices, "deviceId")}::uuid[]) as k (tenant, device_id)
    join live_queries q using (tenant)
    where t.tenant = k.tenant and t.query_id = q.id and t.device_id = k.device_id and t.answered_at is not null`.execute(
    work.sql,
  );
  // What a question found is known no more; what a fact said is judged anew when the device tells it again.
  const { rows: found } = await sql<DeviceKey & { labelId: string }>`
    select d.tenant, d.id as "deviceId", l.id as "labelId"
    from unnest(${column(devices, "tenant")}::text[], ${column(devices, "deviceId")}::uuid[]) as k (tenant, id)
    join devices d using (tenant, id)
    join labels l on l.tenant = d.tenant and l.id::text = any(d.label_ids) and l.kind <> 'LABEL_KIND_MANUAL'`.execute(
    work.sql,
  );
  await writeMemberships(
    work,
    found.map((label) => ({ ...label, member: false, at: now })),
  );
}
