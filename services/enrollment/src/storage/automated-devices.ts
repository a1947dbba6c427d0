import { type Selectable, sql, type Transaction } from "kysely";
import type { AbmDevice } from "../domain/automated/abm-device.ts";
import type { AssignedDevice, AssignmentAnswer } from "../domain/automated/assignment.ts";
import type { AutomatedDeviceTable } from "./automated-tables.ts";
import type { EnrollmentDatabase } from "./tables.ts";

type Connection = Transaction<EnrollmentDatabase>;

export interface ServerRef {
  readonly tenant: string;
  readonly serverId: string;
}

const deviceOf = (row: Selectable<AutomatedDeviceTable>): AssignedDevice => ({
  tenant: row.tenant,
  serverId: row.server_id,
  serialNumber: row.serial_number,
  model: row.model,
  description: row.description,
  color: row.color,
  assetTag: row.asset_tag,
  deviceFamily: row.device_family,
  os: row.os,
  profileStatus: row.profile_status,
  profileUuid: row.profile_uuid,
  assignedAt: row.assigned_at ?? undefined,
  migrationDeadline: row.migration_deadline ?? undefined,
  change: undefined,
  changedAt: undefined,
  choice: row.chosen ? { by: "hand", profileId: row.chosen_profile_id ?? undefined } : { by: "rules" },
  answer: row.answer ?? undefined,
  failures: row.failures,
  retryAt: row.retry_at ?? undefined,
});

/** Writes what Apple lists; what is wanted for a device that is known stays. */
export async function putDevices(
  connection: Connection,
  { serverId, tenant }: ServerRef,
  devices: readonly AbmDevice[],
  round: number,
): Promise<void> {
  if (devices.length === 0) return;
  const rows = devices.map((device) => ({
    serial_number: device.serialNumber,
    model: device.model,
    description: device.description,
    color: device.color,
    asset_tag: device.assetTag,
    device_family: device.deviceFamily,
    os: device.os,
    profile_status: device.profileStatus,
    profile_uuid: device.profileUuid,
    assigned_at: device.assignedAt ?? null,
    migration_deadline: device.migrationDeadline ?? null,
  }));
  await sql`
    insert into automated_devices as d (tenant, server_id, round, serial_number, model, description, color, asset_tag,
      device_family, os, profile_status, profile_uuid, assigned_at, migration_deadline)
    select ${tenant}, ${serverId}::uuid, ${round}::int, r.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r
      (serial_number text, model text, description text, color text, asset_tag text, device_family text, os text,
       profile_status text, profile_uuid text, assigned_at timestamptz, migration_deadline timestamptz)
    order by r.serial_number
    on conflict (tenant, serial_number, server_id) do update set round = excluded.round, model = excluded.model,
      description = excluded.description, color = excluded.color, asset_tag = excluded.asset_tag,
      device_family = excluded.device_family, os = excluded.os, profile_status = excluded.profile_status,
      profile_uuid = excluded.profile_uuid, assigned_at = excluded.assigned_at,
      migration_deadline = excluded.migration_deadline,
      -- What Apple refused for one of its reasons may do now that it was moved.
      retry_at = case when d.assigned_at is distinct from excluded.assigned_at then null else d.retry_at end`.execute(
    connection,
  );
}

export async function removeDevices(
  connection: Connection,
  { serverId, tenant }: ServerRef,
  serialNumbers: readonly string[],
): Promise<void> {
  if (serialNumbers.length === 0) return;
  await sql`
    delete from automated_devices
    where tenant = ${tenant} and server_id = ${serverId} and serial_number = any(${[...serialNumbers]}::text[])`.execute(
    connection,
  );
}

/** What a whole fetch did not bring is not assigned to the server any more. */
export async function removeEarlierRounds(
  connection: Connection,
  { serverId, tenant }: ServerRef,
  round: number,
): Promise<void> {
  await sql`
    delete from automated_devices where tenant = ${tenant} and server_id = ${serverId} and round < ${round}`.execute(
    connection,
  );
}

/** The server's devices in the order of their serial numbers, from after one of them on. */
export async function devicesAfter(
  connection: Connection,
  { serverId, tenant }: ServerRef,
  after: string,
  limit: number,
): Promise<AssignedDevice[]> {
  const rows = await connection
    .selectFrom("automated_devices")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("server_id", "=", serverId)
    .where("serial_number", ">", after)
    .orderBy("serial_number")
    .limit(limit)
    .execute();
  return rows.map(deviceOf);
}

export async function devicesBySerial(
  connection: Connection,
  { serverId, tenant }: ServerRef,
  serialNumbers: readonly string[],
): Promise<AssignedDevice[]> {
  const rows = await connection
    .selectFrom("automated_devices")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("server_id", "=", serverId)
    .where(sql<boolean>`serial_number = any(${[...serialNumbers]}::text[])`)
    .orderBy("serial_number")
    .execute();
  return rows.map(deviceOf);
}

/** Writes that the profile of these devices is decided by somebody, or by the rules again. */
export async function saveChoice(
  connection: Connection,
  { serverId, tenant }: ServerRef,
  serialNumbers: readonly string[],
  choice: AssignedDevice["choice"],
): Promise<void> {
  const profileId = choice.by === "hand" ? (choice.profileId ?? null) : null;
  await sql`
    update automated_devices set chosen = ${choice.by === "hand"}, chosen_profile_id = ${profileId}, retry_at = null
    where tenant = ${tenant} and server_id = ${serverId} and serial_number = any(${[...serialNumbers]}::text[])`.execute(
    connection,
  );
}

export interface SavedAnswer {
  readonly serialNumber: string;
  readonly answer: AssignmentAnswer;
  readonly failures: number;
  readonly retryAt: Date | undefined;
}

/** Writes what Apple answered for each device; those it took have the profile from now on, or none. */
export async function saveAnswers(
  connection: Connection,
  { serverId, tenant }: ServerRef,
  profileUuid: string | undefined,
  answers: readonly SavedAnswer[],
): Promise<void> {
  const rows = answers.map(({ answer, failures, retryAt, serialNumber }) => ({
    serial_number: serialNumber,
    answer,
    failures,
    retry_at: retryAt ?? null,
  }));
  await sql`
    update automated_devices d set answer = r.answer, failures = r.failures, retry_at = r.retry_at,
      profile_status = case when r.answer = 'SUCCESS' then ${profileUuid === undefined ? "removed" : "assigned"}
        else d.profile_status end,
      profile_uuid = case when r.answer = 'SUCCESS' then ${profileUuid ?? ""} else d.profile_uuid end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r
      (serial_number text, answer text, failures int, retry_at timestamptz)
    where d.tenant = ${tenant} and d.server_id = ${serverId} and d.serial_number = r.serial_number`.execute(connection);
}

export interface ListedDevice {
  readonly device: AssignedDevice;
  /** Of the registry; nothing while it has not enrolled. */
  readonly deviceId: string | undefined;
}

export interface DeviceQuery {
  readonly serverId: string | undefined;
  readonly notEnrolledOnly: boolean;
  readonly serialNumbers: readonly string[] | undefined;
  /** The serial number and the server of the last one before. */
  readonly after: readonly [string, string] | undefined;
  readonly limit: number;
}

/** Devices by serial number, and which of them are in the registry. */
export async function listAutomatedDevices(
  connection: Connection,
  tenant: string,
  query: DeviceQuery,
): Promise<ListedDevice[]> {
  const { after, limit, notEnrolledOnly, serialNumbers, serverId } = query;
  const { rows } = await sql<Selectable<AutomatedDeviceTable> & { device_id: string | null }>`
    select d.*, e.id as device_id from automated_devices d
    left join lateral (
      select id from devices where tenant = d.tenant and serial_key = lower(d.serial_number) and status = 'enrolled'
      order by enrolled_at desc limit 1
    ) e on true
    where d.tenant = ${tenant}
      and (${serverId ?? null}::uuid is null or d.server_id = ${serverId ?? null}::uuid)
      and (${serialNumbers === undefined ? null : [...serialNumbers]}::text[] is null
        or d.serial_number = any(${serialNumbers === undefined ? null : [...serialNumbers]}::text[]))
      and (not ${notEnrolledOnly} or e.id is null)
      and (${after?.[0] ?? null}::text is null
        or (d.serial_number, d.server_id) > (${after?.[0] ?? null}::text, ${after?.[1] ?? null}::uuid))
    order by d.serial_number, d.server_id limit ${limit}`.execute(connection);
  return rows.map((row) => ({ device: deviceOf(row), deviceId: row.device_id ?? undefined }));
}

/** How many devices each server has. */
export async function countDevices(connection: Connection, tenant: string): Promise<Map<string, number>> {
  const { rows } = await sql<{ server_id: string; count: string }>`
    select server_id, count(*) as count from automated_devices where tenant = ${tenant} group by server_id`.execute(
    connection,
  );
  return new Map(rows.map((row) => [row.server_id, Number(row.count)]));
}
