import { sql, type Transaction } from "kysely";
import type { DeviceKey } from "../devices.ts";
import type { PolicyTables } from "../tables.ts";

type Sql = Transaction<PolicyTables>;

/** What enrollment tells of a device that speaks Apple's protocol. */
export interface DeclaringNews extends DeviceKey {
  readonly version: number;
  readonly generation: number;
  readonly enrolled: boolean;
  readonly platform: string;
  readonly osVersion: string;
  readonly supervised: boolean;
  readonly personal: boolean;
  readonly users: readonly string[];
}

const tenants = (of: readonly DeviceKey[]) => of.map(({ tenant }) => tenant);
const ids = (of: readonly DeviceKey[]) => of.map(({ deviceId }) => deviceId);

/**
 * Keeps what is newer than what is held. What a device had and told before it enrolled anew, or left, is forgotten: it has to
 * be told everything again.
 */
export async function applyDeclaring(db: Sql, news: readonly DeclaringNews[]): Promise<void> {
  // What a device told of its system since it enrolled is newer than what it said then.
  await sql`
    with news as (
      select * from unnest(${tenants(news)}::text[], ${ids(news)}::text[], ${news.map((each) => each.version)}::bigint[],
        ${news.map((each) => each.generation)}::int[], ${news.map((each) => each.enrolled)}::boolean[],
        ${news.map((each) => each.platform)}::text[], ${news.map((each) => each.osVersion)}::text[],
        ${news.map((each) => each.supervised)}::boolean[], ${news.map((each) => each.personal)}::boolean[],
        ${news.map((each) => JSON.stringify(each.users))}::jsonb[])
        as n (tenant, device_id, version, generation, enrolled, platform, os_version, supervised, personal, users)
      where enrolled or exists (select 1 from declaring_devices d where d.tenant = n.tenant and d.device_id = n.device_id)
    ), begun as (
      select n.tenant, n.device_id from news n
      left join declaring_devices d on d.tenant = n.tenant and d.device_id = n.device_id
      where (d.generation is null or d.generation < n.generation or not n.enrolled)
        and (d.enrollment_version is null or d.enrollment_version < n.version)
    ), kept as (
      insert into declaring_devices as d (tenant, device_id, enrollment_version, generation, enrolled, platform, os_version,
        supervised, personal, users)
      select tenant, device_id, version, generation, enrolled, platform, os_version, supervised, personal,
        array(select jsonb_array_elements_text(users)) from news
      on conflict (tenant, device_id) do update set enrollment_version = excluded.enrollment_version,
        generation = excluded.generation, enrolled = excluded.enrolled, platform = excluded.platform,
        os_version = case when excluded.generation > d.generation then excluded.os_version else d.os_version end,
        supervised = excluded.supervised or (d.supervised and excluded.generation = d.generation),
        personal = excluded.personal, users = excluded.users
      where d.enrollment_version < excluded.enrollment_version
    ), channels as (
      delete from declaring_channels where (tenant, device_id) in (select * from begun)
    ), states as (
      delete from declared_states where (tenant, device_id) in (select * from begun)
    )
    delete from declared_status where (tenant, device_id) in (select * from begun)`.execute(db);
}

/** What a device tells of itself, newer than what enrollment knows. Returns the devices that it is news of. */
export async function applyTold(
  db: Sql,
  told: readonly (DeviceKey & { readonly osVersion: string; readonly supervised?: boolean | undefined })[],
): Promise<DeviceKey[]> {
  const { rows } = await sql<DeviceKey>`
    update declaring_devices d set os_version = coalesce(nullif(n.os_version, ''), d.os_version),
      supervised = coalesce(n.supervised, d.supervised)
    from unnest(${tenants(told)}::text[], ${ids(told)}::text[], ${told.map(({ osVersion }) => osVersion)}::text[],
      ${told.map(({ supervised }) => supervised ?? null)}::boolean[]) as n (tenant, device_id, os_version, supervised)
    where d.tenant = n.tenant and d.device_id = n.device_id
      and ((n.os_version <> '' and n.os_version <> d.os_version) or coalesce(n.supervised, d.supervised) <> d.supervised)
    returning d.tenant, d.device_id as "deviceId"`.execute(db);
  return rows;
}
