import { sql } from "kysely";
import type { AskedDevice } from "../domain/detail.ts";
import { type DeviceKey, type InventoryDatabase, keyOf } from "./schema.ts";

/** What a host is known by when it says again what it said before. */
export interface Confirmation extends DeviceKey, AskedDevice {
  readonly fingerprints: Readonly<Record<string, string>>;
  /** When details are asked next. */
  readonly due: Date;
  readonly at: Date;
}

/**
 * Notes, in one statement, that these hosts said what is known of them; the keys of those that did. It is what nearly
 * every answer comes to. Of a host that is another than its answer was understood by, nothing is noted.
 */
export async function confirmAnswers(
  database: InventoryDatabase,
  said: readonly Confirmation[],
): Promise<ReadonlySet<string>> {
  if (said.length === 0) return new Set();
  // One value, not an array for each column: in an array each quotation mark of a fingerprint would be escaped.
  const rows = JSON.stringify(said);
  return database.system(async (work) => {
    const { rows: confirmed } = await sql<{ tenant: string; device_id: string }>`
      with said as (
        select * from jsonb_to_recordset(${rows}::jsonb) as s ("tenant" text, "deviceId" uuid, "platform" text,
          "ownership" text, "fingerprints" jsonb, "due" timestamptz, "at" timestamptz)),
      known as (
        select w.tenant, w.device_id, s.due, s.at
        from said s join device_work w on w.tenant = s.tenant and w.device_id = s."deviceId" join devices d on d.tenant = w.tenant and d.id = w.device_id
        where w.fingerprints @> s.fingerprints and d.platform = s.platform and d.ownership = s.ownership and not d.unenrolled
        order by 1, 2 for update of w)
      update device_work w set detail_due_at = k.due, facts_at = k.at
      from known k where w.tenant = k.tenant and w.device_id = k.device_id
      returning w.tenant, w.device_id`.execute(work.sql);
    return new Set(confirmed.map(({ tenant, device_id }) => keyOf({ tenant, deviceId: device_id })));
  });
}
