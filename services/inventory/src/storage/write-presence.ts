import { sql } from "kysely";
import { column, type DeviceKey, type InventoryDatabase } from "./schema.ts";

export interface Seen extends DeviceKey {
  readonly at: Date;
}

/** Notes when devices were last heard of: one statement for all. */
export const writePresence = (database: InventoryDatabase, seen: readonly Seen[]): Promise<void> =>
  database.system(async (work) => {
    await sql`
      update presence p set last_seen_at = s.at
      from unnest(${column(seen, "tenant")}::text[], ${column(seen, "deviceId")}::uuid[], ${column(seen, "at")}::timestamptz[])
        as s (tenant, device_id, at)
      where p.tenant = s.tenant and p.device_id = s.device_id and p.last_seen_at < s.at`.execute(work.sql);
  });
