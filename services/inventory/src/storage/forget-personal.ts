import { sql } from "kysely";
import { column, type DeviceKey, type InventoryWork } from "./schema.ts";

/**
 * Forgets what is known of devices that became their owners' own. One that was the organisation's, or answered before its
 * enrollment was heard of, may have left more than is allowed.
 */
export async function forgetPersonal(work: InventoryWork, devices: readonly DeviceKey[]): Promise<void> {
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
}
