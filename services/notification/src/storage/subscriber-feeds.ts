import { type Kysely, type RawBuilder, sql, type Transaction } from "kysely";
import type { UserKeys } from "../domain/credential-rotation.ts";
import type { Position } from "../domain/position.ts";
import type { Subscriber, SubscriberHealth } from "../domain/subscriber.ts";
import { conditionsOf } from "./event-filter.ts";
import { SUBSCRIBER_COLUMNS, type SubscriberRow, subscriberOf, userColumns } from "./subscribers.ts";
import type { NotificationTables } from "./tables.ts";

/** A subscriber in the hands of one feed. Once another took it, or it was changed, the epoch is older. */
type Held = Pick<Subscriber, "tenant" | "id" | "epoch">;

/** A replica that dies leaves its subscribers to others after this time. */
const LEASE_SECONDS = 30;

/** Takes subscribers that nobody feeds, those that were to be revoked among them. */
export async function claimSubscribers<DB extends NotificationTables>(
  db: Kysely<DB>,
  limit: number,
): Promise<Subscriber[]> {
  const { rows } = await sql<SubscriberRow>`
    with free as (
      select tenant, id from subscribers where held_until < now() and retry_at <= now()
      order by held_until limit ${limit} for update skip locked
    )
    update subscribers s set epoch = s.epoch + 1, held_until = now() + make_interval(secs => ${LEASE_SECONDS})
    from free where s.tenant = free.tenant and s.id = free.id
    returning ${SUBSCRIBER_COLUMNS}`.execute(db);
  return rows.map(subscriberOf);
}

/** Writes down something of a feed, which goes on holding the subscriber; false when it does not hold it any more. */
async function write<DB extends NotificationTables>(
  db: Kysely<DB>,
  { tenant, id, epoch }: Held,
  columns: RawBuilder<unknown>,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update subscribers set ${columns}, held_until = now() + make_interval(secs => ${LEASE_SECONDS})
    where tenant = ${tenant} and id = ${id} and epoch = ${epoch}`.execute(db);
  return numAffectedRows === 1n;
}

/** Whether the feed still holds it. */
export async function holdsSubscriber<DB extends NotificationTables>(
  db: Kysely<DB>,
  { tenant, id, epoch }: Held,
): Promise<boolean> {
  const { rows } = await sql`
    select from subscribers where tenant = ${tenant} and id = ${id} and epoch = ${epoch}`.execute(db);
  return rows.length === 1;
}

/** How far a feed came, and how full the stream is. */
export interface Progress {
  readonly position: Position;
  readonly settled: Position;
  readonly buffer: Pick<
    SubscriberHealth,
    "isFull" | "waitingEvents" | "waitingBytes" | "unsettledEvents" | "settledAt"
  >;
}

export const writeProgress = <DB extends NotificationTables>(
  db: Kysely<DB>,
  held: Held,
  { position, settled, buffer }: Progress,
): Promise<boolean> =>
  write(
    db,
    held,
    sql`xid = ${position.xid}::xid8, seq = ${position.seq}, settled_xid = ${settled.xid}::xid8, settled_seq = ${settled.seq},
      is_full = ${buffer.isFull}, waiting_events = ${buffer.waitingEvents}, waiting_bytes = ${buffer.waitingBytes},
      unsettled_events = ${buffer.unsettledEvents}, settled_at = ${buffer.settledAt ?? null}, failures = 0, last_error = ''`,
  );

export const writeUsers = <DB extends NotificationTables>(
  db: Kysely<DB>,
  held: Held,
  users: UserKeys,
): Promise<boolean> => write(db, held, userColumns(users));

export const writeEmptied = <DB extends NotificationTables>(
  db: Kysely<DB>,
  held: Held,
  round: number,
): Promise<boolean> => write(db, held, sql`emptied_round = ${round}`);

/** Gives the subscriber up after a failure, until it is tried again, later with each failure in a row. */
export async function writeFailure<DB extends NotificationTables>(
  db: Kysely<DB>,
  { tenant, id, epoch }: Held,
  lastError: string,
  retryAt: (failures: number) => Date,
): Promise<void> {
  const { rows } = await sql<{ failures: number }>`
    select failures from subscribers where tenant = ${tenant} and id = ${id} and epoch = ${epoch} for update`.execute(
    db,
  );
  if (rows[0] === undefined) return;
  const failures = rows[0].failures + 1;
  await sql`
    update subscribers set failures = ${failures}, last_error = ${lastError}, retry_at = ${retryAt(failures)},
      held_until = '-infinity'
    where tenant = ${tenant} and id = ${id} and epoch = ${epoch}`.execute(db);
}

/** Gives the subscriber up, for others to take at once. */
export async function releaseSubscriber<DB extends NotificationTables>(
  db: Kysely<DB>,
  { tenant, id, epoch }: Held,
): Promise<void> {
  await sql`
    update subscribers set held_until = '-infinity'
    where tenant = ${tenant} and id = ${id} and epoch = ${epoch}`.execute(db);
}

/** Removes what is left of a revoked subscriber. */
export async function deleteSubscriber<DB extends NotificationTables>(
  db: Kysely<DB>,
  { tenant, id, epoch }: Held,
): Promise<void> {
  await sql`delete from subscribers where tenant = ${tenant} and id = ${id} and epoch = ${epoch}`.execute(db);
}

export interface Lag {
  /** How many events are not in its stream yet. */
  readonly events: number;
  /** When the oldest came that it has not settled. */
  readonly oldest: Date | undefined;
}

const MOST_COUNTED = 10_000;

/** How far a subscriber is behind what happens. */
export async function readLag(
  db: Transaction<NotificationTables>,
  { tenant, filter, position, settled }: Pick<Subscriber, "tenant" | "filter" | "position" | "settled">,
): Promise<Lag> {
  const after = ({ xid, seq }: Position) => sql`
    from activities a where ${sql.join(
      [sql`a.tenant = ${tenant}`, sql`(a.xid, a.seq) > (${xid}::xid8, ${seq}::bigint)`, ...conditionsOf(filter)],
      sql` and `,
    )} order by a.xid, a.seq`;
  const { rows } = await sql<{ events: number; oldest: Date | null }>`
    select (select count(*)::int from (select ${after(position)} limit ${MOST_COUNTED}) waiting) as events,
      (select a.received_at ${after(settled)} limit 1) as oldest`.execute(db);
  return { events: rows[0]?.events ?? 0, oldest: rows[0]?.oldest ?? undefined };
}
