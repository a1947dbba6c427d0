import { sql, type Transaction } from "kysely";
import type { EnrollmentNews, MachineNews, OsNews } from "../domain/device-news.ts";
import type { NotificationTables } from "./tables.ts";

type Db = Transaction<NotificationTables>;

const column = <N, T>(news: readonly N[], value: (each: N) => T): T[] => news.map(value);

/** Notes what the registry says of devices. What a machine has said of itself since stays, unless its owner forbids it. */
export async function applyEnrollments(db: Db, news: readonly EnrollmentNews[]): Promise<void> {
  if (news.length === 0) return;
  const of = (
    field: "platform" | "ownership" | "status" | "hostname" | "hardwareVendor" | "hardwareModel" | "hardwareSerial",
  ) => sql`${column(news, ({ enrollment }) => enrollment[field])}::text[]`;
  await sql`
    insert into devices as d (tenant, device_id, enrollment_version, platform, ownership, unenrolled_at,
      hostname, hardware_vendor, hardware_model, hardware_serial)
    select distinct on (n.tenant, n.device_id) n.tenant, n.device_id, n.version, n.platform, n.ownership,
      case when n.status = 'STATUS_UNENROLLED' then n.at end,
      case when n.ownership = 'OWNERSHIP_PERSONAL' then '' else n.hostname end, n.vendor, n.model,
      case when n.ownership = 'OWNERSHIP_PERSONAL' then '' else n.serial end
    from unnest(${column(news, (each) => each.tenant)}::text[], ${column(news, (each) => each.deviceId)}::text[],
      ${column(news, (each) => each.version)}::bigint[], ${column(news, (each) => each.at)}::timestamptz[], ${of("platform")},
      ${of("ownership")}, ${of("status")}, ${of("hostname")}, ${of("hardwareVendor")}, ${of("hardwareModel")}, ${of("hardwareSerial")})
      as n (tenant, device_id, version, at, platform, ownership, status, hostname, vendor, model, serial)
    order by n.tenant, n.device_id, n.version desc
    on conflict (tenant, device_id) do update set
      enrollment_version = excluded.enrollment_version,
      platform = case when excluded.platform = 'PLATFORM_UNSPECIFIED' then d.platform else excluded.platform end,
      ownership = excluded.ownership, unenrolled_at = excluded.unenrolled_at,
      hostname = case when d.machine_version > 0 and excluded.ownership <> 'OWNERSHIP_PERSONAL' then d.hostname else excluded.hostname end,
      hardware_serial = case when d.machine_version > 0 and excluded.ownership <> 'OWNERSHIP_PERSONAL' then d.hardware_serial else excluded.hardware_serial end,
      hardware_vendor = case when d.machine_version > 0 then d.hardware_vendor else excluded.hardware_vendor end,
      hardware_model = case when d.machine_version > 0 then d.hardware_model else excluded.hardware_model end
    where d.enrollment_version < excluded.enrollment_version`.execute(db);
}

/** Notes what machines say of themselves; inventory leaves out what may not be known, and so does this. */
export async function applyMachines(db: Db, news: readonly MachineNews[]): Promise<void> {
  if (news.length === 0) return;
  await sql`
    insert into devices as d (tenant, device_id, machine_version, hostname, hardware_vendor, hardware_model, hardware_serial)
    select distinct on (n.tenant, n.device_id) n.tenant, n.device_id, n.version, n.hostname, n.vendor, n.model, n.serial
    from unnest(${column(news, (each) => each.tenant)}::text[], ${column(news, (each) => each.deviceId)}::text[],
      ${column(news, (each) => each.version)}::bigint[], ${column(news, (each) => each.hostname)}::text[],
      ${column(news, (each) => each.vendor)}::text[], ${column(news, (each) => each.model)}::text[], ${column(news, (each) => each.serial)}::text[])
      as n (tenant, device_id, version, hostname, vendor, model, serial)
    order by n.tenant, n.device_id, n.version desc
    on conflict (tenant, device_id) do update set
      machine_version = excluded.machine_version,
      hostname = case when d.ownership = 'OWNERSHIP_PERSONAL' then '' else excluded.hostname end,
      hardware_serial = case when d.ownership = 'OWNERSHIP_PERSONAL' then '' else excluded.hardware_serial end,
      hardware_vendor = excluded.hardware_vendor, hardware_model = excluded.hardware_model
    where d.machine_version < excluded.machine_version`.execute(db);
}

export async function applyOs(db: Db, news: readonly OsNews[]): Promise<void> {
  if (news.length === 0) return;
  await sql`
    insert into devices as d (tenant, device_id, os_version_version, os_name, os_version)
    select distinct on (n.tenant, n.device_id) n.tenant, n.device_id, n.version, n.name, n.os_version
    from unnest(${column(news, (each) => each.tenant)}::text[], ${column(news, (each) => each.deviceId)}::text[],
      ${column(news, (each) => each.version)}::bigint[], ${column(news, (each) => each.name)}::text[], ${column(news, (each) => each.osVersion)}::text[])
      as n (tenant, device_id, version, name, os_version)
    order by n.tenant, n.device_id, n.version desc
    on conflict (tenant, device_id) do update set
      os_version_version = excluded.os_version_version, os_name = excluded.os_name, os_version = excluded.os_version
    where d.os_version_version < excluded.os_version_version`.execute(db);
}
