import type { EventFormat } from "@muster/event-formats/render";
import { type RawBuilder, sql, type Transaction } from "kysely";
import type { UserKeys } from "../domain/credential-rotation.ts";
import type { Position } from "../domain/position.ts";
import { refuse } from "../domain/refusals.ts";
import type { Subscriber } from "../domain/subscriber.ts";
import type { NotificationTables } from "./tables.ts";
import { isUuid } from "./webhooks.ts";

type Db = Transaction<NotificationTables>;

export interface SubscriberRow {
  tenant: string;
  id: string;
  name: string;
  type_patterns: string[];
  service_patterns: string[];
  label_ids: string[];
  device_ids: string[];
  format: EventFormat;
  buffer_bytes: string;
  seed: Buffer;
  user_key: string;
  previous_user: string | null;
  previous_until: Date | null;
  revoked_users: Record<string, string>;
  created_at: Date;
  revoked_at: Date | null;
  xid: string;
  seq: string;
  settled_xid: string;
  settled_seq: string;
  round: number;
  emptied_round: number;
  epoch: string;
  failures: number;
  retry_at: Date | null;
  last_error: string;
  is_full: boolean;
  waiting_events: string;
  waiting_bytes: string;
  unsettled_events: string;
  settled_at: Date | null;
}

/** The columns of subscriber s. */
export const SUBSCRIBER_COLUMNS = sql`s.tenant, s.id, s.name, s.type_patterns, s.service_patterns, s.label_ids, s.device_ids,
  s.format, s.buffer_bytes, s.seed, s.user_key, s.previous_user, s.previous_until, s.revoked_users, s.created_at, s.revoked_at,
  s.xid::text, s.seq::text, s.settled_xid::text, s.settled_seq::text, s.round, s.emptied_round, s.epoch::text, s.failures,
  nullif(s.retry_at, '-infinity') as retry_at, s.last_error, s.is_full, s.waiting_events, s.waiting_bytes, s.unsettled_events,
  s.settled_at`;

export const subscriberOf = (row: SubscriberRow): Subscriber => ({
  tenant: row.tenant,
  id: row.id,
  name: row.name,
  filter: {
    typePatterns: row.type_patterns,
    servicePatterns: row.service_patterns,
    labelIds: row.label_ids,
    deviceIds: row.device_ids,
  },
  format: row.format,
  bufferBytes: Number(row.buffer_bytes),
  sealedSeed: row.seed,
  users: {
    current: row.user_key,
    previous:
      row.previous_user === null || row.previous_until === null
        ? undefined
        : { user: row.previous_user, until: row.previous_until },
    revoked: Object.fromEntries(Object.entries(row.revoked_users).map(([user, since]) => [user, new Date(since)])),
  },
  createdAt: row.created_at,
  revokedAt: row.revoked_at ?? undefined,
  position: { xid: row.xid, seq: row.seq },
  settled: { xid: row.settled_xid, seq: row.settled_seq },
  round: row.round,
  emptiedRound: row.emptied_round,
  epoch: row.epoch,
  health: {
    failures: row.failures,
    retryAt: row.retry_at ?? undefined,
    lastError: row.last_error,
    isFull: row.is_full,
    waitingEvents: Number(row.waiting_events),
    waitingBytes: Number(row.waiting_bytes),
    unsettledEvents: Number(row.unsettled_events),
    settledAt: row.settled_at ?? undefined,
  },
});

/** One that is there and not revoked. */
export const findSubscriber = (db: Db, tenant: string, id: string): Promise<Subscriber> => find(db, tenant, id, sql``);

/** The same, held until the transaction ends: what follows from what it is now is not overtaken. */
export const holdSubscriber = (db: Db, tenant: string, id: string): Promise<Subscriber> =>
  find(db, tenant, id, sql`for no key update`);

async function find(db: Db, tenant: string, id: string, lock: RawBuilder<unknown>): Promise<Subscriber> {
  const { rows } = isUuid(id)
    ? await sql<SubscriberRow>`select ${SUBSCRIBER_COLUMNS} from subscribers s
        where s.tenant = ${tenant} and s.id = ${id} and s.revoked_at is null ${lock}`.execute(db)
    : { rows: [] };
  if (rows[0] === undefined) throw refuse("subscriber.unknown", `there is no subscriber ${id}`);
  return subscriberOf(rows[0]);
}

export async function listSubscribers(db: Db, tenant: string): Promise<Subscriber[]> {
  const { rows } = await sql<SubscriberRow>`select ${SUBSCRIBER_COLUMNS} from subscribers s
    where s.tenant = ${tenant} and s.revoked_at is null order by s.name, s.id`.execute(db);
  return rows.map(subscriberOf);
}

export type NewSubscriber = Pick<
  Subscriber,
  "tenant" | "id" | "name" | "filter" | "format" | "bufferBytes" | "sealedSeed" | "users" | "position" | "createdAt"
>;

export async function insertSubscriber(db: Db, subscriber: NewSubscriber): Promise<void> {
  const { tenant, id, name, filter, format, bufferBytes, sealedSeed, users, position, createdAt } = subscriber;
  await sql`
    insert into subscribers (tenant, id, name, type_patterns, service_patterns, label_ids, device_ids, format, buffer_bytes,
      seed, user_key, created_at, xid, seq, settled_xid, settled_seq)
    values (${tenant}, ${id}, ${name}, ${[...filter.typePatterns]}, ${[...filter.servicePatterns]}, ${[...filter.labelIds]},
      ${[...filter.deviceIds]}, ${format}, ${bufferBytes}, ${sealedSeed}, ${users.current}, ${createdAt},
      ${position.xid}::xid8, ${position.seq}, ${position.xid}::xid8, ${position.seq})`.execute(db);
}

/** What a person changes takes effect at once: whoever feeds the subscriber now has to begin anew. */
const change = async (db: Db, { tenant, id }: Pick<Subscriber, "tenant" | "id">, columns: RawBuilder<unknown>) => {
  await sql`
    update subscribers set ${columns}, epoch = epoch + 1, held_until = '-infinity', retry_at = '-infinity'
    where tenant = ${tenant} and id = ${id}`.execute(db);
};

export const changeUsers = (db: Db, subscriber: Subscriber, users: UserKeys): Promise<void> =>
  change(db, subscriber, userColumns(users));

export const moveSubscriber = (db: Db, subscriber: Subscriber, { xid, seq }: Position): Promise<void> =>
  change(
    db,
    subscriber,
    sql`xid = ${xid}::xid8, seq = ${seq}, settled_xid = ${xid}::xid8, settled_seq = ${seq}, round = round + 1`,
  );

export const markRevoked = (db: Db, subscriber: Subscriber, users: UserKeys, now: Date): Promise<void> =>
  change(db, subscriber, sql`${userColumns(users)}, revoked_at = ${now}`);

export const userColumns = ({ current, previous, revoked }: UserKeys): RawBuilder<unknown> =>
  sql`user_key = ${current}, previous_user = ${previous?.user ?? null}, previous_until = ${previous?.until ?? null},
    revoked_users = ${JSON.stringify(revoked)}::jsonb`;
