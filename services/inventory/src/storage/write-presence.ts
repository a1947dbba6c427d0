import { sql } from "kysely";
import { column, type DeviceKey, type InventoryDatabase } from "./schema.ts";

export interface Seen extends DeviceKey {
  readonly at: Date;
}

/** Notes when devices were last heard of: one statement for all. */
export const writePresence = (database: InventoryDatabase, seen: readonly Seen[]): Promise<void> =>
  database.system(async (work) => {
    // Ids and times as one text each: an array's members would each be escaped, which costs more than the rest.
    const ids = column(seen, "deviceId").join(",");
    const times = seen.map(({ at }) => at.getTime()).join(",");
    await sql`
      update presence p set last_seen_at = to_timestamp(s.at / 1000)
      from unnest(${column(seen, "tenant")}::text[], string_to_array(${ids}, ',')::uuid[],
        string_to_array(${times}, ',')::float8[]) as s (tenant, device_id, at)
      where p.tenant = s.tenant and p.device_id = s.device_id and p.last_seen_at < to_timestamp(s.at / 1000)`.execute(
      work.sql,
    );
  });
