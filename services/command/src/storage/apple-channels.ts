import { sql, type Transaction } from "kysely";
import type { AppleChannel } from "../domain/apple/apple-channel.ts";
import type { DeviceKey } from "../domain/device-key.ts";
import { keyOf } from "../domain/device-key.ts";
import type { AppleChannelsTable, CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

export const channelOf = (row: AppleChannelsTable): AppleChannel => ({
  tenant: row.tenant,
  deviceId: row.device_id,
  enrollmentId: row.enrollment_id,
  epoch: row.epoch,
  enrolled: row.enrolled,
  hardwareId: row.hardware_id,
  platform: row.platform,
  osVersion: row.os_version,
  supervised: row.supervised,
  automated: row.automated,
  personal: row.personal,
  accessRights: row.access_rights,
  awaitingConfiguration: row.awaiting_configuration,
  accountDriven: row.account_driven,
  inventoryAt: row.inventory_at ?? undefined,
  seenAt: row.seen_at ?? undefined,
});

/** The columns of a channel `c`. */
export const channelColumns = sql.raw(
  `tenant device_id enrollment_id epoch enrolled hardware_id platform os_version supervised automated personal access_rights
   awaiting_configuration account_driven version inventory_at seen_at`
    .split(/\s+/)
    .map((column) => `c.${column}`)
    .join(", "),
);

/**
 * What is known of these devices, by `keyOf`; nobody unenrolls one of them before this transaction ends. What a visit notes
 * in the same rows (FOR NO KEY UPDATE) does not wait for it.
 */
export async function holdAppleChannels(db: Sql, keys: readonly DeviceKey[]): Promise<Map<string, AppleChannel>> {
  if (keys.length === 0) return new Map();
  const { rows } = await sql<AppleChannelsTable>`
    select ${channelColumns} from unnest(${keys.map(({ tenant }) => tenant)}::text[],
      ${keys.map(({ deviceId }) => deviceId)}::uuid[]) as asked (tenant, device_id)
    join apple_channels c on c.tenant = asked.tenant and c.device_id = asked.device_id
    order by c.tenant, c.device_id for key share of c`.execute(db);
  return new Map(rows.map((row) => [keyOf({ tenant: row.tenant, deviceId: row.device_id }), channelOf(row)]));
}

export type VersionedAppleChannel = AppleChannel & { readonly version: number };

/**
 * Writes what is newer than what is held, each device at most once, and returns the devices whose earlier epoch ended. What
 * is known already locks nothing: a visit that finds its row locked asks nothing.
 */
export async function putAppleChannels(
  db: Sql,
  channels: readonly VersionedAppleChannel[],
): Promise<(DeviceKey & { readonly epoch: number })[]> {
  if (channels.length === 0) return [];
  const column = (read: (channel: VersionedAppleChannel) => unknown) => channels.map(read);
  const { rows } = await sql<{ tenant: string; device_id: string; epoch: number; earlier: number | null }>`
    with told as (
      select * from unnest(${column((c) => c.tenant)}::text[], ${column((c) => c.deviceId)}::uuid[],
        ${column((c) => c.enrollmentId)}::uuid[], ${column((c) => c.epoch)}::int[], ${column((c) => c.enrolled)}::boolean[],
        ${column((c) => c.hardwareId)}::text[], ${column((c) => c.platform)}::text[], ${column((c) => c.osVersion)}::text[],
        ${column((c) => c.supervised)}::boolean[], ${column((c) => c.automated)}::boolean[],
        ${column((c) => c.personal)}::boolean[], ${column((c) => c.accessRights)}::int[],
        ${column((c) => c.awaitingConfiguration)}::boolean[], ${column((c) => c.accountDriven)}::boolean[],
        ${column((c) => c.version)}::bigint[])
        as n (tenant, device_id, enrollment_id, epoch, enrolled, hardware_id, platform, os_version, supervised, automated,
          personal, access_rights, awaiting_configuration, account_driven, version)
    ), held as (
      select c.tenant, c.device_id, c.epoch from told join apple_channels c using (tenant, device_id)
      where c.version < told.version order by c.tenant, c.device_id for update of c
    ), put as (
      insert into apple_channels as d (tenant, device_id, enrollment_id, epoch, enrolled, hardware_id, platform, os_version,
        supervised, automated, personal, access_rights, awaiting_configuration, account_driven, version)
      select told.* from told left join held using (tenant, device_id)
      where held.device_id is not null or not exists (
        select from apple_channels c where c.tenant = told.tenant and c.device_id = told.device_id
      )
      order by told.tenant, told.device_id
      on conflict (tenant, device_id) do update set enrollment_id = excluded.enrollment_id, epoch = excluded.epoch,
        enrolled = excluded.enrolled, hardware_id = excluded.hardware_id, platform = excluded.platform,
        os_version = excluded.os_version, supervised = excluded.supervised or (d.supervised and d.enrollment_id = excluded.enrollment_id), automated = excluded.automated,
        personal = excluded.personal, access_rights = excluded.access_rights,
        awaiting_configuration = excluded.awaiting_configuration, account_driven = excluded.account_driven, version = excluded.version,
        inventory_at = case when d.epoch = excluded.epoch then d.inventory_at end
      where excluded.version > d.version
      returning d.tenant, d.device_id, d.epoch
    )
    select put.*, held.epoch as earlier from put left join held using (tenant, device_id)`.execute(db);
  return rows
    .filter(({ earlier, epoch }) => earlier !== null && earlier < epoch)
    .map(({ tenant, device_id, epoch }) => ({ tenant, deviceId: device_id, epoch }));
}

/** Notes that these devices are asked now what they are like; answers for which of them nobody else has. */
export async function claimInventory(
  db: Sql,
  keys: readonly DeviceKey[],
  now: Date,
  before: Date,
): Promise<Set<string>> {
  const { rows } = await sql<{ tenant: string; device_id: string }>`
    update apple_channels c set inventory_at = ${now}
    from (
      select c.tenant, c.device_id from unnest(${keys.map(({ tenant }) => tenant)}::text[],
        ${keys.map(({ deviceId }) => deviceId)}::uuid[]) as asked (tenant, device_id)
      join apple_channels c using (tenant, device_id)
      where c.inventory_at is null or c.inventory_at <= ${before}
      order by c.tenant, c.device_id for no key update of c skip locked
    ) due where c.tenant = due.tenant and c.device_id = due.device_id
    returning c.tenant, c.device_id`.execute(db);
  return new Set(rows.map((row) => keyOf({ tenant: row.tenant, deviceId: row.device_id })));
}

/** Writes what a device says of itself, unless another enrollment speaks for it by now. */
export async function describeAppleChannel(db: Sql, channel: AppleChannel): Promise<void> {
  const { awaitingConfiguration, deviceId, enrollmentId, osVersion, supervised, tenant } = channel;
  await sql`
    update apple_channels set supervised = ${supervised}, os_version = ${osVersion},
      awaiting_configuration = ${awaitingConfiguration}
    where tenant = ${tenant} and device_id = ${deviceId} and enrollment_id = ${enrollmentId}`.execute(db);
}

/** These devices are asked again what they are like, as soon as they have nothing else to do. */
export async function forgetInventory(db: Sql, keys: readonly DeviceKey[]): Promise<void> {
  if (keys.length === 0) return;
  await sql`
    update apple_channels c set inventory_at = null
    from unnest(${keys.map(({ tenant }) => tenant)}::text[], ${keys.map(({ deviceId }) => deviceId)}::uuid[])
      as n (tenant, device_id)
    where c.tenant = n.tenant and c.device_id = n.device_id`.execute(db);
}

/** Another machine took these devices' places over another protocol: what Apple's protocol reached is not them any more. */
export async function endAppleChannels(
  db: Sql,
  devices: readonly (DeviceKey & { readonly version: number })[],
): Promise<void> {
  if (devices.length === 0) return;
  await sql`
    update apple_channels c set enrolled = false, version = n.version
    from (
      select told.* from unnest(${devices.map(({ tenant }) => tenant)}::text[],
        ${devices.map(({ deviceId }) => deviceId)}::uuid[],
        ${devices.map(({ version }) => version)}::bigint[]) as told (tenant, device_id, version)
      join apple_channels o using (tenant, device_id) where o.version < told.version and o.enrolled
      order by o.tenant, o.device_id for update of o
    ) n where c.tenant = n.tenant and c.device_id = n.device_id`.execute(db);
}

/** These devices are here. One that does not come again is woken after a day, somewhere in the day after that. */
export async function noteSeen(db: Sql, devices: readonly DeviceKey[], now: Date): Promise<void> {
  if (devices.length === 0) return;
  await sql`
    update apple_channels c set seen_at = ${now}, wake_at = ${now}::timestamptz + (1 + random()) * interval '1 day'
    from (
      select o.tenant, o.device_id from unnest(${devices.map(({ tenant }) => tenant)}::text[],
        ${devices.map(({ deviceId }) => deviceId)}::uuid[]) as n (tenant, device_id)
      join apple_channels o using (tenant, device_id) for no key update of o skip locked
    ) here where c.tenant = here.tenant and c.device_id = here.device_id`.execute(db);
}

/** Takes devices of all tenants that did not come for a day; each comes up again a day later. */
export async function takeSilent(db: Sql, now: Date, limit: number): Promise<DeviceKey[]> {
  const { rows } = await sql<{ tenant: string; device_id: string }>`
    update apple_channels c set wake_at = ${now}::timestamptz + interval '1 day' from (
      select tenant, device_id from apple_channels where enrolled and wake_at <= ${now}
      order by wake_at limit ${limit} for update skip locked
    ) n where c.tenant = n.tenant and c.device_id = n.device_id returning c.tenant, c.device_id`.execute(db);
  return rows.map((row) => ({ tenant: row.tenant, deviceId: row.device_id }));
}
