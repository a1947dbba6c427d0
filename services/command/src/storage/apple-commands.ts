import { Uuids } from "@muster/postgres/uuids";
import { sql, type Transaction } from "kysely";
import type { AppleChannel } from "../domain/apple/apple-channel.ts";
import type { Command, CommandResult } from "../domain/command.ts";
import type { DeviceKey } from "../domain/device-key.ts";
import { type CommandRow, commandColumns, commandOf, openOrder, sharedColumns, stillOpen } from "./command-row.ts";
import type { CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

/** One channel of a device that asks what there is to do. */
export interface Asking {
  readonly channel: AppleChannel;
  readonly userId: string;
  /** Whether the device came by itself: what it put off before is offered again then. */
  readonly fresh: boolean;
}

/**
 * What each of these channels could be handed now, so many at most, the most urgent first, locked. In the middle of a session that is what
 * was not handed out in it yet; at its beginning, also what was handed out before and never answered, be it withdrawn since.
 */
export async function lockNext(db: Sql, asking: readonly Asking[], atMost: number, now: Date): Promise<Command[]> {
  const { rows } = await sql<CommandRow>`
    select ${commandColumns} from unnest(${asking.map(({ channel }) => channel.tenant)}::text[],
      ${asking.map(({ channel }) => channel.deviceId)}::uuid[], ${asking.map(({ userId }) => userId)}::text[],
      ${asking.map(({ channel }) => channel.epoch)}::int[], ${asking.map(({ fresh }) => fresh)}::boolean[])
      as asked (tenant, device_id, user_id, epoch, fresh)
    cross join lateral (
      select * from commands o
      where o.tenant = asked.tenant and o.device_id = asked.device_id and o.user_id = asked.user_id
        and o.request_type <> '' and o.ended_at is null and o.epoch = asked.epoch
        and not o.awaits_license and o.expires_at > ${now}
        and (asked.fresh or (o.withdrawal_id is null and o.state = 'queued' and not o.put_off))
      order by o.priority desc, o.seq limit ${atMost} for update skip locked
    ) c order by c.tenant, c.device_id, c.user_id, c.priority desc, c.seq`.execute(db);
  return rows.map(commandOf);
}

/**
 * Which of these commands newer ones take the place of that wait or were handed out since, by their ids. Done after those, they
 * would undo them.
 */
export async function findOutdated(db: Sql, commands: readonly Command[]): Promise<Set<string>> {
  const of = commands.filter(({ apple }) => apple !== undefined && apple.supersedeKey !== "");
  if (of.length === 0) return new Set();
  const isNewer = sql`n.tenant = asked.tenant and n.device_id = asked.device_id and n.user_id = asked.user_id
    and n.request_type <> '' and n.supersede_key = asked.supersede_key and n.seq > asked.seq`;
  const { rows } = await sql<{ id: string }>`
    select asked.id from unnest(${of.map(({ tenant }) => tenant)}::text[], ${of.map(({ deviceId }) => deviceId)}::uuid[],
      ${of.map(({ apple }) => apple?.userId)}::text[], ${of.map(({ apple }) => apple?.supersedeKey)}::text[],
      ${of.map(({ seq }) => seq)}::bigint[], ${of.map(({ id }) => id)}::uuid[])
      as asked (tenant, device_id, user_id, supersede_key, seq, id)
    where (select true from commands n where ${isNewer} and n.ended_at is null
        order by n.user_id, n.priority desc, n.seq limit 1)
      or (select true from commands n where ${isNewer} and n.ended_at is not null and n.deliveries > 0
        order by n.device_id, n.seq limit 1)`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/** What these devices put off is offered again. */
export async function forgetPutOff(db: Sql, asking: readonly Asking[]): Promise<void> {
  await sql`
    with found as materialized (
      select asked.tenant, o.seq from unnest(${asking.map(({ channel }) => channel.tenant)}::text[],
        ${asking.map(({ channel }) => channel.deviceId)}::uuid[], ${asking.map(({ userId }) => userId)}::text[])
        as asked (tenant, device_id, user_id)
      cross join lateral (
        select o.seq from commands o
        where o.tenant = asked.tenant and o.device_id = asked.device_id and o.user_id = asked.user_id
          and o.request_type <> '' and o.ended_at is null and o.put_off
        order by ${openOrder}
      ) o
    )
    update commands c set put_off = false from found where c.tenant = found.tenant and c.seq = found.seq`.execute(db);
}

/** What of these devices is queued under a key that a newer command takes over, locked. */
export async function lockSuperseded(
  db: Sql,
  keys: readonly (DeviceKey & { readonly userId: string; readonly supersedeKey: string; readonly id: string })[],
): Promise<Command[]> {
  const { rows } = await sql<CommandRow>`
    with found as materialized (
      select n.tenant, o.seq from unnest(${keys.map(({ tenant }) => tenant)}::text[],
        ${keys.map(({ deviceId }) => deviceId)}::uuid[], ${keys.map(({ userId }) => userId)}::text[],
        ${keys.map(({ supersedeKey }) => supersedeKey)}::text[], ${keys.map(({ id }) => id)}::uuid[])
        as n (tenant, device_id, user_id, supersede_key, id)
      cross join lateral (
        select o.seq from commands o
        where o.tenant = n.tenant and o.device_id = n.device_id and o.user_id = n.user_id and o.request_type <> ''
          and o.ended_at is null and o.supersede_key = n.supersede_key and o.id <> n.id
        order by ${openOrder}
      ) o
    )
    select ${commandColumns} from found join commands c on c.tenant = found.tenant and c.seq = found.seq
    where c.state = 'queued'
    order by c.tenant, c.device_id, c.seq for update of c`.execute(db);
  return rows.map(commandOf);
}

/** Commands of one device that are alike but for their ids, in the order of asking. */
export interface AlikeCommands {
  /** One of them. */
  readonly like: Command;
  readonly members: readonly { readonly id: string; readonly seq: bigint }[];
}

const SEQ_BYTES = 8;

/**
 * Cancels everything open of these devices from before the epoch, and returns it as it is then. A device may have had a thousand
 * commands open, mostly of a few kinds: each kind is read once.
 */
export async function cancelEarlierEpochs(
  db: Sql,
  keys: readonly (DeviceKey & { readonly epoch: number })[],
  { output, outputTruncated, reason }: CommandResult,
  now: Date,
): Promise<AlikeCommands[]> {
  if (keys.length === 0) return [];
  // Locked in the order that all who lock several of a device's commands keep to, then written in the same statement: what
  // changes is alike for all, and nothing has to travel back and forth for each.
  const { rows } = await sql<Omit<CommandRow, "id" | "seq"> & { readonly ids: Buffer; readonly seqs: Buffer }>`
    with found as materialized (
      select n.tenant, o.seq from unnest(${keys.map(({ tenant }) => tenant)}::text[],
        ${keys.map(({ deviceId }) => deviceId)}::uuid[], ${keys.map(({ epoch }) => epoch)}::int[]) as n (tenant, device_id, epoch)
      cross join lateral (
        select o.seq from commands o
        where o.tenant = n.tenant and o.device_id = n.device_id and o.epoch < n.epoch and o.request_type <> '' and o.ended_at is null
        order by ${openOrder}
      ) o
    ), open as (
      select c.tenant, c.seq from found join commands c on c.tenant = found.tenant and c.seq = found.seq
      where ${stillOpen}
      order by c.tenant, c.device_id, c.seq for update of c
    ), cancelled as (
      update commands c set state = 'cancelled', ended_at = ${now}, failure = ${reason}, output = ${output},
        output_truncated = ${outputTruncated}, version = c.version + 1
      from open where c.tenant = open.tenant and c.seq = open.seq
      returning ${commandColumns}
    )
    select ${sharedColumns}, string_agg(uuid_send(c.id), '') as ids, string_agg(int8send(c.seq), '') as seqs
    from cancelled c group by ${sharedColumns}`.execute(db);
  return rows.map(({ ids, seqs, ...shared }) => {
    const members = Uuids.inBytes(ids)
      .texts()
      .map((id, place) => ({ id, seq: seqs.readBigInt64BE(place * SEQ_BYTES) }))
      .sort((one, other) => (one.seq < other.seq ? -1 : 1));
    const [first] = members;
    return { like: commandOf({ ...shared, id: first?.id ?? "", seq: String(first?.seq ?? "") }), members };
  });
}

export interface SealedBody {
  readonly tenant: string;
  readonly id: string;
  readonly sealed: Buffer;
}

export async function insertAppleBodies(db: Sql, bodies: readonly SealedBody[]): Promise<void> {
  if (bodies.length === 0) return;
  await db
    .insertInto("apple_bodies")
    .values([...bodies])
    .execute();
}

/** What commands carry, sealed. */
export async function findAppleBodies(
  db: Sql,
  keys: readonly { readonly tenant: string; readonly id: string }[],
): Promise<readonly SealedBody[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<SealedBody>`
    select b.tenant, b.id, b.sealed from unnest(${keys.map(({ tenant }) => tenant)}::text[], ${keys.map(({ id }) => id)}::uuid[])
      as asked (tenant, id) join apple_bodies b on b.tenant = asked.tenant and b.id = asked.id`.execute(db);
  return rows;
}
