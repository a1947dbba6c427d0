import { sql } from "kysely";
import { column, type DeviceKey, type InventoryWork } from "./schema.ts";

/** Makes the rows of devices that show a valid key before the event of their enrollment arrived. */
export async function createHosts(work: InventoryWork, keys: readonly DeviceKey[], now: Date): Promise<void> {
  const tenants = column(keys, "tenant");
  const ids = column(keys, "deviceId");
  await sql`
    with new as (select distinct tenant, id from unnest(${tenants}::text[], ${ids}::uuid[]) as n(tenant, id) order by 1, 2),
    device as (insert into devices (tenant, id, display_name)
      select tenant, id, id::text from new on conflict do nothing),
    work as (insert into device_work (tenant, device_id) select tenant, id from new on conflict do nothing)
    insert into presence (tenant, device_id, last_seen_at) select tenant, id, ${now} from new on conflict do nothing`.execute(
    work.sql,
  );
}
