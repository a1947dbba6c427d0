import { sql, type Transaction } from "kysely";
import type { Payload } from "../../domain/declarations/payload-key.ts";
import type { ToldError, ToldState } from "../../domain/declarations/status-report.ts";
import type { DeviceKey } from "../devices.ts";
import type { PolicyTables } from "../tables.ts";

type Sql = Transaction<PolicyTables>;

export interface ChannelKey extends DeviceKey {
  readonly userId: string;
}

export const channelKey = ({ deviceId, tenant, userId }: ChannelKey): string => `${tenant}\n${deviceId}\n${userId}`;

const columns = (keys: readonly ChannelKey[]) =>
  sql`${keys.map(({ tenant }) => tenant)}::text[], ${keys.map(({ deviceId }) => deviceId)}::text[],
    ${keys.map(({ userId }) => userId)}::text[]`;

/** What a channel told until now. */
export interface HeldStatus extends ChannelKey {
  readonly personal: boolean;
  readonly supported: string[] | null;
  readonly items: Payload | null;
  readonly errors: readonly ToldError[] | null;
}

/** The channels of devices that are managed, locked. */
export async function lockStatus(db: Sql, keys: readonly ChannelKey[]): Promise<HeldStatus[]> {
  const { rows } = await sql<HeldStatus>`
    select c.tenant, c.device_id as "deviceId", c.user_id as "userId", v.personal, c.supported, s.items, s.errors
    from declaring_channels c
    join declaring_devices v on v.tenant = c.tenant and v.device_id = c.device_id and v.enrolled
    left join declared_status s on s.tenant = c.tenant and s.device_id = c.device_id and s.user_id = c.user_id
    where (c.tenant, c.device_id, c.user_id) in (select * from unnest(${columns(keys)}))
    order by c.tenant, c.device_id, c.user_id for update of c`.execute(db);
  return rows;
}

export interface NewStatus extends ChannelKey {
  readonly items: Payload;
  readonly errors: readonly ToldError[];
}

/** Keeps what channels tell now; returns the version of each, in the same order. */
export async function saveStatus(db: Sql, news: readonly NewStatus[], now: Date): Promise<number[]> {
  const { rows } = await sql<{ version: string }>`
    with n as (
      select *, nextval('declaration_versions') as version from unnest(${columns(news)},
        ${news.map(({ items }) => JSON.stringify(items))}::jsonb[], ${news.map(({ errors }) => JSON.stringify(errors))}::jsonb[])
        with ordinality as n (tenant, device_id, user_id, items, errors, n)
    ), saved as (
      insert into declared_status as s (tenant, device_id, user_id, items, errors, version, reported_at)
      select tenant, device_id, user_id, items, errors, version, ${now}::timestamptz from n
      on conflict (tenant, device_id, user_id) do update set items = excluded.items, errors = excluded.errors,
        version = excluded.version, reported_at = excluded.reported_at
    )
    select version from n order by n`.execute(db);
  return rows.map(({ version }) => Number(version));
}

export async function saveSupported(
  db: Sql,
  news: readonly (ChannelKey & { readonly supported: readonly string[] })[],
): Promise<void> {
  if (news.length === 0) return;
  await sql`
    update declaring_channels c set supported = array(select jsonb_array_elements_text(n.supported))
    from unnest(${columns(news)}, ${news.map(({ supported }) => JSON.stringify(supported))}::jsonb[])
      as n (tenant, device_id, user_id, supported)
    where c.tenant = n.tenant and c.device_id = n.device_id and c.user_id = n.user_id`.execute(db);
}

/** Forgets what channels told of all declarations of these kinds: a full report says it all anew. */
export async function forgetStates(db: Sql, of: readonly (ChannelKey & { readonly kind: string })[]): Promise<void> {
  if (of.length === 0) return;
  await sql`
    delete from declared_states where (tenant, device_id, user_id, kind) in (select * from unnest(${columns(of)},
      ${of.map(({ kind }) => kind)}::text[]))`.execute(db);
}

/** Keeps what channels tell of declarations, each at most once. */
export async function saveStates(
  db: Sql,
  told: readonly (ChannelKey & { readonly state: ToldState })[],
  now: Date,
): Promise<void> {
  const gone = told.filter(({ state }) => state.removed);
  if (gone.length > 0)
    await sql`
      delete from declared_states where (tenant, device_id, user_id, kind, identifier) in (select * from unnest(
        ${columns(gone)}, ${gone.map(({ state }) => state.kind)}::text[], ${gone.map(({ state }) => state.identifier)}::text[]))`.execute(
      db,
    );
  const kept = told.filter(({ state }) => !state.removed);
  if (kept.length === 0) return;
  await sql`
    insert into declared_states as s (tenant, device_id, user_id, kind, identifier, server_token, active, valid, reasons, reported_at)
    select *, ${now}::timestamptz from unnest(${columns(kept)}, ${kept.map(({ state }) => state.kind)}::text[],
      ${kept.map(({ state }) => state.identifier)}::text[], ${kept.map(({ state }) => state.serverToken)}::text[],
      ${kept.map(({ state }) => state.active)}::boolean[], ${kept.map(({ state }) => state.valid)}::text[],
      ${kept.map(({ state }) => JSON.stringify(state.reasons))}::jsonb[])
    on conflict (tenant, device_id, user_id, kind, identifier) do update set server_token = excluded.server_token,
      active = excluded.active, valid = excluded.valid, reasons = excluded.reasons, reported_at = excluded.reported_at`.execute(
    db,
  );
}
