import type { ProfileState } from "@muster/contracts/gen/muster/policy/v1/profile";
import { sql, type Transaction } from "kysely";
import { validate as isUuid } from "uuid";
import type { DeviceProfile } from "../domain/profiles/device-profile.ts";
import type { DeviceKey } from "./devices.ts";
import type { DeviceProfilesTable, PolicyTables } from "./tables.ts";

type Sql = Transaction<PolicyTables>;

export type DeviceProfileRow = DeviceProfilesTable;

export const deviceProfileOf = (row: DeviceProfileRow): DeviceProfile => ({
  tenant: row.tenant,
  deviceId: row.device_id,
  userId: row.user_id,
  profileId: row.profile_id,
  identifier: row.identifier,
  profileName: row.profile_name,
  state: row.state as ProfileState,
  wanted: row.wanted,
  revision: row.revision,
  generation: row.generation,
  commandId: row.command_id,
  cause: row.cause,
  since: row.since,
  repairs: row.repairs,
  repairsSince: row.repairs_since ?? undefined,
});

type Key = Pick<DeviceProfile, "tenant" | "deviceId" | "userId" | "profileId">;

const keyColumns = (rows: readonly Key[]) => sql`${rows.map(({ tenant }) => tenant)}::text[],
  ${rows.map(({ deviceId }) => deviceId)}::text[], ${rows.map(({ userId }) => userId)}::text[],
  ${rows.map(({ profileId }) => profileId)}::uuid[]`;

/** Writes new rows and changed ones; returns their versions, in the same order. The caller holds the devices or the policies. */
export async function saveDeviceProfiles(db: Sql, held: readonly DeviceProfile[]): Promise<number[]> {
  if (held.length === 0) return [];
  const column = (read: (row: DeviceProfile) => unknown) => held.map(read);
  const { rows } = await sql<Pick<DeviceProfilesTable, "tenant" | "device_id" | "user_id" | "profile_id" | "version">>`
    insert into device_profiles as h (tenant, device_id, user_id, profile_id, identifier, profile_name, state, wanted, revision,
      generation, command_id, cause, since, repairs, repairs_since, version)
    select n.*, nextval('desired_state_versions') from unnest(${keyColumns(held)}, ${column((row) => row.identifier)}::text[],
      ${column((row) => row.profileName)}::text[], ${column((row) => row.state)}::text[], ${column((row) => row.wanted)}::boolean[],
      ${column((row) => row.revision)}::int[], ${column((row) => row.generation)}::int[], ${column((row) => row.commandId)}::uuid[],
      ${column((row) => row.cause)}::text[], ${column((row) => row.since)}::timestamptz[], ${column((row) => row.repairs)}::int[],
      ${column((row) => row.repairsSince ?? null)}::timestamptz[]) as n
    on conflict (tenant, device_id, user_id, profile_id) do update set profile_name = excluded.profile_name,
      state = excluded.state, wanted = excluded.wanted, revision = excluded.revision, generation = excluded.generation,
      command_id = excluded.command_id, cause = excluded.cause, since = excluded.since, repairs = excluded.repairs,
      repairs_since = excluded.repairs_since, version = excluded.version
    returning h.tenant, h.device_id, h.user_id, h.profile_id, h.version`.execute(db);
  const versions = new Map(
    rows.map((row) => [`${row.tenant}/${row.device_id}/${row.user_id}/${row.profile_id}`, Number(row.version)]),
  );
  return held.map((row) => versions.get(`${row.tenant}/${row.deviceId}/${row.userId}/${row.profileId}`) ?? 0);
}

/** Forgets rows; returns the versions of their ends, in the same order. */
export async function deleteDeviceProfiles(db: Sql, gone: readonly Key[]): Promise<number[]> {
  if (gone.length === 0) return [];
  await sql`delete from device_profiles where (tenant, device_id, user_id, profile_id)
    in (select * from unnest(${keyColumns(gone)}))`.execute(db);
  return nextVersions(db, gone.length);
}

/** Versions that nothing has had yet, in rising order. */
export async function nextVersions(db: Sql, count: number): Promise<number[]> {
  if (count === 0) return [];
  const { rows } = await sql<{ version: string }>`
    select nextval('desired_state_versions') as version from generate_series(1, ${count})`.execute(db);
  return rows.map(({ version }) => Number(version));
}

/** What waits for these commands. */
export async function findByCommands(
  db: Sql,
  keys: readonly { readonly tenant: string; readonly commandId: string }[],
): Promise<DeviceProfile[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<DeviceProfileRow>`
    select h.* from unnest(${keys.map(({ tenant }) => tenant)}::text[], ${keys.map(({ commandId }) => commandId)}::uuid[])
      as k (tenant, command_id)
    join device_profiles h on h.tenant = k.tenant and h.command_id = k.command_id`.execute(db);
  return rows.map(deviceProfileOf);
}

/** All profiles on these channels. */
export async function findByChannels(
  db: Sql,
  keys: readonly (DeviceKey & { readonly userId: string })[],
): Promise<DeviceProfile[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<DeviceProfileRow>`
    select h.* from unnest(${keys.map(({ tenant }) => tenant)}::text[], ${keys.map(({ deviceId }) => deviceId)}::text[],
      ${keys.map(({ userId }) => userId)}::text[]) as k (tenant, device_id, user_id)
    join device_profiles h on h.tenant = k.tenant and h.device_id = k.device_id and h.user_id = k.user_id`.execute(db);
  return rows.map(deviceProfileOf);
}

/** What is still to be removed from channels where one of these takes its place: a device holds one profile of an identifier. */
export async function findReplaced(db: Sql, rows: readonly DeviceProfile[]): Promise<DeviceProfile[]> {
  const wanted = rows.filter((row) => row.wanted);
  if (wanted.length === 0) return [];
  const { rows: found } = await sql<DeviceProfileRow>`
    select h.* from unnest(${keyColumns(wanted)}, ${wanted.map(({ identifier }) => identifier)}::text[])
      as k (tenant, device_id, user_id, profile_id, identifier)
    join device_profiles h on h.tenant = k.tenant and h.device_id = k.device_id and h.user_id = k.user_id
      and h.identifier = k.identifier and h.profile_id <> k.profile_id and not h.wanted`.execute(db);
  return found.map(deviceProfileOf);
}

/** One profile's rows on these devices, or, when none is named, those where it failed. */
export async function findToResend(
  db: Sql,
  tenant: string,
  profileId: string,
  deviceIds: readonly string[],
): Promise<DeviceProfile[]> {
  if (!isUuid(profileId)) return [];
  const { rows } = await sql<DeviceProfileRow>`
    select h.* from device_profiles h where h.tenant = ${tenant} and h.profile_id = ${profileId}
      and case when cardinality(${deviceIds}::text[]) = 0 then h.state = 'PROFILE_STATE_FAILED'
        else h.device_id = any(${deviceIds}::text[]) end
    order by h.device_id, h.user_id`.execute(db);
  return rows.map(deviceProfileOf);
}
