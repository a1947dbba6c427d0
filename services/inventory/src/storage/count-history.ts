import type { Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type {
  DeviceCountsAt,
  ListDeviceCountHistoryRequest,
} from "@muster/contracts/gen/muster/inventory/v1/device_service";
import { historySpan, hourOf } from "@muster/host/history-span";
import { allowScans } from "@muster/postgres/tenant-dialect";
import { sql } from "kysely";
import { ONLINE_MS } from "./device-rows.ts";
import type { InventoryDatabase, InventoryWork } from "./schema.ts";

/** Counts all devices, once in each hour however many replicas ask for it and however often. */
export async function countThisHour(database: InventoryDatabase, now: Date): Promise<void> {
  const at = hourOf(now);
  await database.system(async (work) => {
    const { rows } = await sql<{ due: boolean }>`
      select pg_try_advisory_xact_lock(hashtext('inventory.device_count_history'))
        and not exists (select 1 from device_count_history where at = ${at}) as due`.execute(work.sql);
    if (rows[0]?.due !== true) return;
    await allowScans(work.sql);
    await sql`
      insert into device_count_history (tenant, at, platform, os_name, os_version, devices, online)
      select d.tenant, ${at}, d.platform, d.os_name, d.os_version, count(*),
        count(*) filter (where p.last_seen_at > ${new Date(now.getTime() - ONLINE_MS)})
      from devices d left join presence p on p.tenant = d.tenant and p.device_id = d.id
      where not d.unenrolled
      group by 1, 3, 4, 5
      on conflict do nothing`.execute(work.sql);
  });
}

interface HistoryRow {
  at: Date;
  platform: Platform;
  os_name: string;
  os_version: string;
  devices: number;
  online: number;
}

/** The counts as they were, oldest first: hour by hour, and over a longer span the last of each day. */
export async function listCountHistory(
  { sql: transaction }: InventoryWork,
  tenant: string,
  request: ListDeviceCountHistoryRequest,
  now: Date,
): Promise<DeviceCountsAt[]> {
  const { start, end, unit } = historySpan(request, now);
  const times =
    unit === "day"
      ? sql`select last.at from generate_series(
          date_trunc('day', ${start}::timestamptz, 'UTC'), ${end}::timestamptz, '24 hours') day (begins),
        lateral (select at from device_count_history where tenant = ${tenant}
          and at >= greatest(day.begins, ${start}::timestamptz)
          and at < least(day.begins + interval '24 hours', ${end}::timestamptz) order by at desc limit 1) last`
      : sql`select distinct at from device_count_history where tenant = ${tenant} and at >= ${start} and at <= ${end}`;
  const system = request.byOs ? sql`h.os_name, h.os_version` : sql`'' as os_name, '' as os_version`;
  const { rows } = await sql<HistoryRow>`
    select h.at, h.platform, ${system}, sum(h.devices)::int as devices, sum(h.online)::int as online
    from (${times}) t join device_count_history h on h.tenant = ${tenant} and h.at = t.at
    group by 1, 2, 3, 4 order by 1, 2, 3, 4`.execute(transaction);
  const moments = new Map<number, DeviceCountsAt>();
  for (const { at, platform, os_name, os_version, devices, online } of rows) {
    const moment = moments.get(at.getTime()) ?? { at, counts: [] };
    moments.set(at.getTime(), moment);
    moment.counts.push({ platform, osName: os_name, osVersion: os_version, count: devices, online });
  }
  return [...moments.values()];
}
