import type { Uuids } from "@muster/postgres/uuids";
import { sql, type Transaction } from "kysely";
import type { DeviceKey } from "../domain/device-key.ts";
import type { CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

/** One channel of a device: its own, or that of a user. */
export interface ChannelKey extends DeviceKey {
  /** Empty for the device's own. */
  readonly userId: string;
}

/** Why a channel is woken. */
export type PushCause = "command" | "not_now" | "silent" | "token";

/** A push that is owed, as it was taken. */
export interface PushDue extends ChannelKey {
  readonly cause: PushCause;
  readonly revision: number;
  readonly attempts: number;
  /** The token that the push service does not take any more. */
  readonly deadToken: Buffer | undefined;
}

const channelArrays = (keys: readonly ChannelKey[]) => ({
  tenants: keys.map(({ tenant }) => tenant),
  devices: keys.map(({ deviceId }) => deviceId),
  users: keys.map(({ userId }) => userId),
});

const onceOwed = sql`
    on conflict (tenant, device_id, user_id) do update set revision = d.revision + 1, cause = excluded.cause,
      seen_lately = excluded.seen_lately, due_at = case
        when d.cause = 'not_now' and excluded.cause <> 'not_now' then least(d.due_at, excluded.due_at) else d.due_at end`;

/**
 * Notes that these channels are owed a push. A channel is owed one, however often this is said; what waits only to remind it
 * goes out at once when there is something new. Whoever holds the transaction holds the due: a device that comes meanwhile
 * cannot settle it without having seen what it is for.
 */
export async function owePushes(
  db: Sql,
  owed: readonly (ChannelKey & { readonly dueAt: Date })[],
  cause: PushCause,
): Promise<void> {
  if (owed.length === 0) return;
  const { devices, tenants, users } = channelArrays(owed);
  await sql`
    insert into apple_push_dues as d (tenant, device_id, user_id, cause, due_at, seen_lately)
    select n.tenant, n.device_id, n.user_id, ${cause}, min(n.due_at), bool_or(c.device_id is not null)
    from unnest(${tenants}::text[], ${devices}::uuid[], ${users}::text[], ${owed.map(({ dueAt }) => dueAt)}::timestamptz[])
      as n (tenant, device_id, user_id, due_at)
    left join apple_channels c on c.tenant = n.tenant and c.device_id = n.device_id and c.seen_at > now() - interval '1 day'
    group by 1, 2, 3 order by 1, 2, 3
    ${onceOwed}`.execute(db);
}

/** The same for the channels of many devices that are alike but for the device. */
export async function owePushesAlike(
  db: Sql,
  { dueAt, tenant, userId }: Omit<ChannelKey, "deviceId"> & { readonly dueAt: Date },
  deviceIds: Uuids,
  cause: PushCause,
): Promise<void> {
  if (deviceIds.length === 0) return;
  await sql`
    insert into apple_push_dues as d (tenant, device_id, user_id, cause, due_at, seen_lately)
    select ${tenant}, n.device_id, ${userId}, ${cause}, ${dueAt}::timestamptz,
      coalesce(c.seen_at > now() - interval '1 day', false)
    from unnest(${deviceIds.asArray()}::uuid[]) as n (device_id)
    left join apple_channels c on c.tenant = ${tenant} and c.device_id = n.device_id
    order by n.device_id ${onceOwed}`.execute(db);
}

/** The devices are here: nothing has to wake them. What somebody else holds at this moment is left to him. */
export async function settleByArrival(db: Sql, channels: readonly ChannelKey[]): Promise<void> {
  if (channels.length === 0) return;
  const { devices, tenants, users } = channelArrays(channels);
  await sql`
    delete from apple_push_dues d using (
      select o.tenant, o.device_id, o.user_id
      from unnest(${tenants}::text[], ${devices}::uuid[], ${users}::text[]) as n (tenant, device_id, user_id)
      join apple_push_dues o using (tenant, device_id, user_id) for update of o skip locked
    ) here where d.tenant = here.tenant and d.device_id = here.device_id and d.user_id = here.user_id`.execute(db);
}

interface DueRow {
  readonly tenant: string;
  readonly device_id: string;
  readonly user_id: string;
  readonly cause: PushCause;
  readonly revision: number;
  readonly attempts: number;
  readonly token_sha256: Buffer | null;
}

/** Takes what is due, of all tenants but these, the devices that were seen lately first; it comes back at `lease`. */
export async function takeDues(
  db: Sql,
  { except, lease, limit, now }: { now: Date; lease: Date; limit: number; except: readonly string[] },
): Promise<PushDue[]> {
  const next = (seenLately: boolean) => sql`
    select tenant, device_id, user_id from apple_push_dues
    where seen_lately = ${seenLately} and due_at <= ${now} and tenant <> all(${except}::text[]) order by due_at`;
  const { rows } = await sql<DueRow>`
    with lately as (${next(true)} limit ${limit} for update skip locked),
    others as (${next(false)} limit ${limit} - (select count(*) from lately) for update skip locked)
    update apple_push_dues d set due_at = ${lease}
    from (
      select n.*, t.token_sha256 from (select * from lately union all select * from others) n
      left join apple_dead_tokens t using (tenant, device_id, user_id)
    ) n where d.tenant = n.tenant and d.device_id = n.device_id and d.user_id = n.user_id
    returning d.tenant, d.device_id, d.user_id, d.cause, d.revision, d.attempts, n.token_sha256`.execute(db);
  return rows.map((row) => ({
    tenant: row.tenant,
    deviceId: row.device_id,
    userId: row.user_id,
    cause: row.cause,
    revision: row.revision,
    attempts: row.attempts,
    deadToken: row.token_sha256 ?? undefined,
  }));
}

/** What becomes of a due that was taken: another time for it, or its end. */
export interface Settlement {
  readonly due: PushDue;
  readonly again: { readonly at: Date; readonly attempts: number } | undefined;
}

/** Ends dues and puts others off. What was asked for anew after it was taken is due again at `soon`. */
export async function settleDues(db: Sql, settlements: readonly Settlement[], soon: Date): Promise<void> {
  if (settlements.length === 0) return;
  const { devices, tenants, users } = channelArrays(settlements.map(({ due }) => due));
  await sql`
    with said as (
      select * from unnest(${tenants}::text[], ${devices}::uuid[], ${users}::text[],
        ${settlements.map(({ due }) => due.revision)}::int[], ${settlements.map(({ again }) => again?.at ?? null)}::timestamptz[],
        ${settlements.map(({ again }) => again?.attempts ?? 0)}::int[])
        as s (tenant, device_id, user_id, revision, again_at, attempts)
    ), held as (
      select d.tenant, d.device_id, d.user_id, d.revision <> s.revision as anew, s.again_at, s.attempts
      from said s join apple_push_dues d using (tenant, device_id, user_id) order by 1, 2, 3 for update of d
    ), ended as (
      delete from apple_push_dues d using held h
      where d.tenant = h.tenant and d.device_id = h.device_id and d.user_id = h.user_id and h.again_at is null and not h.anew
    )
    update apple_push_dues d set due_at = coalesce(h.again_at, ${soon}), attempts = h.attempts from held h
    where d.tenant = h.tenant and d.device_id = h.device_id and d.user_id = h.user_id and (h.again_at is not null or h.anew)`.execute(
    db,
  );
}

/** All that is owed to a tenant's devices is due now: what it waited for is over. */
export async function hurryDues(db: Sql, tenant: string, now: Date): Promise<void> {
  await sql`
    update apple_push_dues set due_at = ${now}, attempts = 0
    where tenant = ${tenant} and due_at > ${now} and cause <> 'not_now'`.execute(db);
}

/** Notes that all channels of a tenant are owed a push that have something to fetch. */
export async function oweForOpen(db: Sql, tenant: string, now: Date): Promise<void> {
  await sql`
    insert into apple_push_dues as d (tenant, device_id, user_id, cause, due_at, seen_lately)
    select distinct o.tenant, o.device_id, o.user_id, 'command', ${now}::timestamptz, coalesce(c.seen_at > now() - interval '1 day', false)
    from commands o join apple_channels c on c.tenant = o.tenant and c.device_id = o.device_id and c.enrolled
    where o.tenant = ${tenant} and o.request_type <> '' and o.ended_at is null and o.epoch = c.epoch
    order by 1, 2, 3 on conflict (tenant, device_id, user_id) do nothing`.execute(db);
}
