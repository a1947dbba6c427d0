import { sql, type Transaction } from "kysely";
import type { ApplePlatform } from "../../domain/declarations/catalogue.ts";
import type { DeclarationSet } from "../../domain/declarations/compose-set.ts";
import type { DeviceKey } from "../devices.ts";
import type { PolicyTables } from "../tables.ts";

type Sql = Transaction<PolicyTables>;

/** Which channels are looked at: those of some devices, or those that some declarations are for or are on. */
export type ChannelScope =
  | { readonly devices: readonly DeviceKey[] }
  | { readonly tenant: string; readonly declarationIds: readonly string[]; readonly identifiers: readonly string[] };

export interface WantedChannel extends DeviceKey {
  readonly userId: string;
  readonly generation: number;
  readonly platform: ApplePlatform;
  readonly osVersion: string;
  readonly supervised: boolean;
  readonly personal: boolean;
  readonly supported: string[] | null;
  /** The set that it has; nothing before it has any. */
  readonly digest: string | null;
  /** The ids of the declarations that are for it by their own selection. */
  readonly roots: string[];
}

/** Whether declaration d is for device p (as policy knows it) and its channel u. */
const FOR = sql`(d.assigned and d.enabled and d.user_channel = (u.user_id <> '')
  and (cardinality(d.device_ids) = 0 or p.id = any(d.device_ids))
  and (cardinality(d.label_ids) = 0 or p.label_ids && d.label_ids)
  and (cardinality(d.platforms) = 0 or p.platform = any(d.platforms)))`;

const within = (scope: ChannelScope) =>
  "devices" in scope
    ? sql`(v.tenant, v.device_id) in (select * from unnest(${scope.devices.map(({ tenant }) => tenant)}::text[],
        ${scope.devices.map(({ deviceId }) => deviceId)}::text[]))`
    : sql`v.tenant = ${scope.tenant} and (
        exists (select 1 from declarations d where d.tenant = v.tenant and d.id = any(${scope.declarationIds}::uuid[]) and ${FOR})
        or c.digest in (select m.digest from declaration_set_members m
          where m.tenant = ${scope.tenant} and m.identifier = any(${scope.identifiers}::text[])))`;

/** The channels with all that decides on their sets. */
export async function wantedChannels(db: Sql, scope: ChannelScope): Promise<WantedChannel[]> {
  const { rows } = await sql<WantedChannel>`
    select v.tenant, v.device_id as "deviceId", u.user_id as "userId", v.generation, v.platform, v.os_version as "osVersion",
      v.supervised, v.personal, c.supported, c.digest,
      array(select d.id::text from declarations d where d.tenant = v.tenant and ${FOR} order by d.id) as roots
    from declaring_devices v
    join devices p on p.tenant = v.tenant and p.id = v.device_id
    cross join lateral unnest(array[''] || v.users) as u (user_id)
    left join declaring_channels c on c.tenant = v.tenant and c.device_id = v.device_id and c.user_id = u.user_id
    where v.enrolled and ${within(scope)} order by 1, 2, 3`.execute(db);
  return rows;
}

/** Keeps sets that are not there yet, with their members and bodies. */
export async function saveSets(db: Sql, tenant: string, sets: readonly DeclarationSet[]): Promise<void> {
  const members = sets.flatMap(({ digest, members }) => members.map((member) => ({ digest, ...member })));
  await sql`
    insert into declaration_bodies (tenant, server_token, body)
    select distinct ${tenant}::text, server_token, body
    from unnest(${members.map((each) => each.serverToken)}::text[], ${members.map((each) => each.body)}::text[])
      as n (server_token, body) on conflict do nothing`.execute(db);
  await sql`
    insert into declaration_set_members (tenant, digest, kind, identifier, server_token, content_sha256)
    select ${tenant}::text, * from unnest(${members.map((each) => each.digest)}::text[],
      ${members.map((each) => each.kind)}::text[], ${members.map((each) => each.identifier)}::text[],
      ${members.map((each) => each.serverToken)}::text[], ${members.map((each) => each.contentSha256)}::text[])
    on conflict do nothing`.execute(db);
  await sql`
    insert into declaration_sets (tenant, digest, items)
    select ${tenant}::text, * from unnest(${sets.map(({ digest }) => digest)}::text[],
      ${sets.map(({ items }) => items)}::text[]) on conflict do nothing`.execute(db);
}

export interface NewDigest extends DeviceKey {
  readonly userId: string;
  readonly digest: string;
}

/** Gives channels other sets; returns the version of each change, in the same order. */
export async function saveChannels(db: Sql, changes: readonly NewDigest[], now: Date): Promise<number[]> {
  const { rows } = await sql<{ version: string; n: string }>`
    with n as (
      select *, nextval('declaration_versions') as version from unnest(${changes.map(({ tenant }) => tenant)}::text[],
        ${changes.map(({ deviceId }) => deviceId)}::text[], ${changes.map(({ userId }) => userId)}::text[],
        ${changes.map(({ digest }) => digest)}::text[]) with ordinality as n (tenant, device_id, user_id, digest, n)
    ), saved as (
      insert into declaring_channels as c (tenant, device_id, user_id, digest, changed_at, version)
      select tenant, device_id, user_id, digest, ${now}::timestamptz, version from n order by tenant, device_id, user_id
      on conflict (tenant, device_id, user_id) do update set digest = excluded.digest, changed_at = excluded.changed_at,
        version = excluded.version
    )
    select version, n from n order by n`.execute(db);
  return rows.map(({ version }) => Number(version));
}
