import { sql } from "kysely";
import { column, type DeviceKey, type InventoryWork } from "./schema.ts";

export interface AnsweredWork extends DeviceKey {
  readonly answeredDetails: boolean;
  /** Whether details are handed out anew at once, because the platform became known. */
  readonly rehandDetails: boolean;
  /** When details are due next; only looked at when details were answered. */
  readonly detailDueAt: Date;
  readonly fingerprints: Readonly<Record<string, string>>;
  /** Question id -> when it was asked, and from when it is asked again. */
  readonly asked: Readonly<Record<string, { readonly r: number; readonly a: number; readonly d: number }>>;
  readonly at: Date;
}

/** Notes what devices answered, in one statement; the rows are locked already. */
export async function writeDeviceWork(work: InventoryWork, devices: readonly AnsweredWork[]): Promise<void> {
  const noted = devices.filter(({ answeredDetails, asked }) => answeredDetails || Object.keys(asked).length > 0);
  if (noted.length === 0) return;
  await sql`
    update device_work w set
      detail_due_at = case when n.details then n.due else w.detail_due_at end,
      detail_asked_at = case when n.again then '-infinity' else w.detail_asked_at end,
      facts_at = case when n.details then n.at else w.facts_at end,
      fingerprints = case when n.fingerprints = '{}' then w.fingerprints else w.fingerprints || n.fingerprints end,
      asked = case when n.asked = '{}' then w.asked else w.asked || n.asked end
    from unnest(${column(noted, "tenant")}::text[], ${column(noted, "deviceId")}::uuid[],
      ${column(noted, "answeredDetails")}::boolean[], ${column(noted, "rehandDetails")}::boolean[],
      ${column(noted, "detailDueAt")}::timestamptz[],
      ${noted.map(({ fingerprints }) => JSON.stringify(fingerprints))}::jsonb[],
      ${noted.map(({ asked }) => JSON.stringify(asked))}::jsonb[], ${column(noted, "at")}::timestamptz[])
      as n (tenant, device_id, details, again, due, fingerprints, asked, at)
    where w.tenant = n.tenant and w.device_id = n.device_id`.execute(work.sql);
}
