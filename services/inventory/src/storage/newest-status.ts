import { sql } from "kysely";
import { column, type DeviceKey, type InventoryWork, keyOf } from "./schema.ts";

export interface StatusKey extends DeviceKey {
  readonly version: number;
}

/** Notes these reports, the newest of each device, and returns those that are newer than what was written before. */
export async function noteNewest<Report extends StatusKey>(
  { sql: db }: InventoryWork,
  reports: readonly Report[],
): Promise<Report[]> {
  const newest = new Map<string, Report>();
  for (const report of reports)
    if ((newest.get(keyOf(report))?.version ?? 0) < report.version) newest.set(keyOf(report), report);
  const rows = [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, report]) => report);
  const { rows: noted } = await sql<DeviceKey>`
    insert into apple_status_versions as v (tenant, device_id, version)
    select * from unnest(${column(rows, "tenant")}::text[], ${column(rows, "deviceId")}::text[],
      ${column(rows, "version")}::bigint[])
    on conflict (tenant, device_id) do update set version = excluded.version where v.version < excluded.version
    returning tenant, device_id as "deviceId"`.execute(db);
  return noted.flatMap((key) => newest.get(keyOf(key)) ?? []);
}
