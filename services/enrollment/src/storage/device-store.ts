import { type Selectable, sql, type Transaction } from "kysely";
import type { Claim } from "../domain/claim.ts";
import type { Device } from "../domain/device.ts";
import { usableSerial, usableUuid } from "../domain/hardware.ts";
import { identityKeys, identityNames } from "../domain/identity-keys.ts";
import type { DeviceFilter } from "../usecases/ports.ts";
import { deviceOf, rowOf } from "./device-rows.ts";
import type { DeviceTable, EnrollmentDatabase } from "./tables.ts";

type Connection = Transaction<EnrollmentDatabase>;

const MOST_CANDIDATES = 50;

/** Whoever claims the same identity waits here; always in the same order, so that two batches cannot wait for each other. */
export async function lockIdentities(connection: Connection, claims: readonly Claim[]): Promise<void> {
  const names = [...new Set(claims.flatMap((claim) => identityNames(claim, claim.instanceId)))];
  if (names.length === 0) return;
  await sql`
    select pg_advisory_xact_lock(key) from (
      select distinct hashtextextended(name, 0) as key from unnest(${names}::text[]) as name order by key
    ) as keys`.execute(connection);
}

export async function findCandidates(connection: Connection, claims: readonly Claim[]): Promise<Device[]> {
  const keys = claims.map((claim) => ({ tenant: claim.tenant, ...identityKeys(claim, claim.instanceId) }));
  const column = (name: "tenant" | "uuid" | "serial" | "instance" | "host") => keys.map((key) => key[name] ?? null);
  // Lateral with a limit, because the planner must not choose: while the table grows fast its statistics are old, and it
  // would read all devices for each batch. The limit also bounds what a UUID that nobody knows to be worthless can cost.
  const { rows } = await sql<Selectable<DeviceTable>>`
    with claims as materialized (
      select * from unnest(${column("tenant")}::text[], ${column("uuid")}::text[], ${column("serial")}::text[],
        ${column("instance")}::text[], ${column("host")}::text[]) as c (tenant, uuid, serial, instance, host)
    ), found as materialized (
      select distinct d.tenant, d.id from claims c cross join lateral (
        (select tenant, id from devices
          where tenant = c.tenant and uuid_key = c.uuid and host_key = c.host limit ${MOST_CANDIDATES})
        union all
        (select tenant, id from devices
          where tenant = c.tenant and uuid_key = c.uuid and duplicate_of is null limit ${MOST_CANDIDATES})
        union all
        (select tenant, id from devices
          where tenant = c.tenant and serial_key = c.serial and host_key = c.host limit ${MOST_CANDIDATES})
        union all
        (select tenant, id from devices
          where tenant = c.tenant and instance_key = c.instance and host_key = c.host
            and uuid_key is null and serial_key is null and c.uuid is null and c.serial is null limit ${MOST_CANDIDATES})
      ) d order by d.tenant, d.id
    )
    select d.* from found f cross join lateral (
      select * from devices where tenant = f.tenant and id = f.id for update
    ) d`.execute(connection);
  return rows.map(deviceOf);
}

export async function findDevice(connection: Connection, tenant: string, id: string): Promise<Device | undefined> {
  const row = await connection
    .selectFrom("devices")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? undefined : deviceOf(row);
}

/** The device that is managed over Apple's protocol and has this UDID, or else this serial number; locked. */
export async function appleDeviceOf(
  connection: Connection,
  tenant: string,
  { serialNumber, udid }: { readonly udid: string; readonly serialNumber: string },
): Promise<Device | undefined> {
  const [uuidKey, serialKey] = [usableUuid(udid) ?? null, usableSerial(serialNumber) ?? null];
  const { rows } = await sql<Selectable<DeviceTable>>`
    select * from devices where tenant = ${tenant} and status = 'enrolled' and apple is not null
      and (uuid_key = ${uuidKey} or serial_key = ${serialKey} or (${udid} <> '' and apple->>'udid' = ${udid}))
    order by (apple->>'udid' = ${udid}) desc, id desc limit 1 for update`.execute(connection);
  return rows.map(deviceOf)[0];
}

/** Newest first: the ids are UUIDs of version 7, which rise with time. */
export async function listDevices(connection: Connection, tenant: string, filter: DeviceFilter): Promise<Device[]> {
  let query = connection.selectFrom("devices").selectAll().where("tenant", "=", tenant);
  if (filter.status !== undefined) query = query.where("status", "=", filter.status);
  if (filter.duplicatesOnly) query = query.where("duplicate_of", "is not", null);
  if (filter.before !== undefined) query = query.where("id", "<", filter.before);
  return (await query.orderBy("id", "desc").limit(filter.limit).execute()).map(deviceOf);
}

/** Writes all of them in one statement. */
export async function saveDevices(connection: Connection, devices: readonly Device[]): Promise<void> {
  await sql`
    insert into devices select * from jsonb_populate_recordset(null::devices, ${JSON.stringify(devices.map(rowOf))}::jsonb)
    on conflict (tenant, id) do update set
      version = excluded.version, status = excluded.status, method = excluded.method, platform = excluded.platform,
      ownership = excluded.ownership, generations = excluded.generations, host_identifier = excluded.host_identifier,
      hardware_uuid = excluded.hardware_uuid, hardware_serial = excluded.hardware_serial, hostname = excluded.hostname,
      hardware_vendor = excluded.hardware_vendor, hardware_model = excluded.hardware_model,
      instance_ids = excluded.instance_ids, duplicate_of = excluded.duplicate_of,
      certificate_serial = excluded.certificate_serial, certificate_not_after = excluded.certificate_not_after,
      apple = excluded.apple, enrolled_at = excluded.enrolled_at, uuid_key = excluded.uuid_key, serial_key = excluded.serial_key,
      instance_key = excluded.instance_key, host_key = excluded.host_key`.execute(connection);
}

/** The devices that these Apple enrollments belong to, whatever became of them. */
export async function devicesOfEnrollments(
  connection: Connection,
  tenant: string,
  enrollmentIds: readonly string[],
): Promise<Device[]> {
  const { rows } = await sql<Selectable<DeviceTable>>`
    select d.* from apple_enrollments e join devices d on d.tenant = e.tenant and d.id = e.device_id
    where e.tenant = ${tenant} and e.id = any(${enrollmentIds}::uuid[])`.execute(connection);
  return rows.map(deviceOf);
}
