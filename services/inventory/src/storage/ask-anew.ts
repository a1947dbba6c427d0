import { sql } from "kysely";
import { column, type DeviceKey, type InventoryWork } from "./schema.ts";

/**
 * Has policies asked again of devices that policies may newly apply to, and their answers told even if they are what they
 * were: policy forgot them when it ceased to apply.
 */
export async function askPoliciesAnew(work: InventoryWork, devices: readonly DeviceKey[]): Promise<void> {
  if (devices.length === 0) return;
  const these = sql`(tenant, device_id) in (select * from unnest(${column(devices, "tenant")}::text[],
    ${column(devices, "deviceId")}::uuid[]))`;
  await sql`update policy_answers set published_at = 'epoch' where ${these}`.execute(work.sql);
  await sql`update device_work set asked = '{}' where ${these}`.execute(work.sql);
}
