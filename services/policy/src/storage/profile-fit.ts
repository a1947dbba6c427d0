import { sql, type Transaction } from "kysely";
import type { Misfit } from "../domain/profiles/fit.ts";
import { type DeviceProfileRow, deviceProfileOf } from "./device-profiles.ts";
import type { DeviceKey } from "./devices.ts";
import type { PolicyTables } from "./tables.ts";

/** What is looked at: all profiles of some devices, or all devices of one profile. */
export type ProfileScope =
  | { readonly devices: readonly DeviceKey[] }
  | { readonly tenant: string; readonly profileId: string };

/** Where a profile's selection names a device, and Apple's protocol reaches it: every part that is given has to match. */
const APPLIES = sql`(d.enrolled and a.enrolled
  and (cardinality(p.device_ids) = 0 or d.id = any(p.device_ids))
  and (cardinality(p.label_ids) = 0 or d.label_ids && p.label_ids)
  and (cardinality(p.platforms) = 0 or d.platform = any(p.platforms)))`;

type MisfitRow = { [K in keyof DeviceProfileRow]: DeviceProfileRow[K] | null } & {
  readonly key_tenant: string;
  readonly key_device: string;
  readonly key_user: string;
  readonly key_profile: string;
  readonly wanted_name: string | null;
  readonly wanted_identifier: string | null;
  readonly wanted_revision: number | null;
  readonly present_generation: number | null;
};

/** Each profile on each channel where what is held is not what is wanted, in the order of the profiles' names. */
export async function findMisfits(db: Transaction<PolicyTables>, scope: ProfileScope): Promise<Misfit[]> {
  const { rows } = await sql<MisfitRow>`
    with wanted as (
      select d.tenant, d.id as device_id, u.user_id, p.id as profile_id, p.name, p.identifier, p.revision, a.generation
      from devices d join apple_devices a on a.tenant = d.tenant and a.device_id = d.id
      join profiles p on p.tenant = d.tenant
      cross join lateral (
        select '' as user_id where not p.user_channel
        union all
        select each ->> 'userId' from jsonb_array_elements(a.users) each where p.user_channel
      ) u
      where ${wantedWithin(scope)} and ${APPLIES}
    ), held as (
      select * from device_profiles h where ${heldWithin(scope)}
    )
    select h.*, coalesce(h.tenant, w.tenant) as key_tenant, coalesce(h.device_id, w.device_id) as key_device,
      coalesce(h.user_id, w.user_id) as key_user, coalesce(h.profile_id, w.profile_id) as key_profile,
      w.name as wanted_name, w.identifier as wanted_identifier, w.revision as wanted_revision,
      case when d.enrolled and a.enrolled then a.generation end as present_generation
    from wanted w full join held h using (tenant, device_id, user_id, profile_id)
    left join devices d on d.tenant = coalesce(h.tenant, w.tenant) and d.id = coalesce(h.device_id, w.device_id)
    left join apple_devices a on a.tenant = d.tenant and a.device_id = d.id
    where h.profile_id is null or (w.profile_id is null and (h.wanted or not (d.enrolled and a.enrolled) or h.generation <> a.generation))
      or (w.profile_id is not null and (not h.wanted or h.revision <> w.revision or h.generation <> w.generation))
    order by key_tenant, key_device, w.profile_id is not null, coalesce(w.name, h.profile_name), key_user`.execute(db);
  return rows.map(misfitOf);
}

const wantedWithin = (scope: ProfileScope) =>
  "devices" in scope
    ? sql`(d.tenant, d.id) in (${deviceKeys(scope.devices)})`
    : sql`p.tenant = ${scope.tenant} and p.id = ${scope.profileId}`;

const heldWithin = (scope: ProfileScope) =>
  "devices" in scope
    ? sql`(h.tenant, h.device_id) in (${deviceKeys(scope.devices)})`
    : sql`h.tenant = ${scope.tenant} and h.profile_id = ${scope.profileId}`;

const deviceKeys = (devices: readonly DeviceKey[]) => sql`
  select * from unnest(${devices.map(({ tenant }) => tenant)}::text[], ${devices.map(({ deviceId }) => deviceId)}::text[])`;

function misfitOf(row: MisfitRow): Misfit {
  const { present_generation, wanted_identifier, wanted_name, wanted_revision } = row;
  return {
    tenant: row.key_tenant,
    deviceId: row.key_device,
    userId: row.key_user,
    profileId: row.key_profile,
    held: row.profile_id === null ? undefined : deviceProfileOf(row as DeviceProfileRow),
    wanted:
      wanted_name === null || wanted_identifier === null || wanted_revision === null
        ? undefined
        : { profileName: wanted_name, identifier: wanted_identifier, revision: wanted_revision },
    generation: present_generation ?? undefined,
  };
}
