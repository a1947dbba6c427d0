import { sql, type Transaction } from "kysely";
import type { EventFilter } from "../domain/event-filter.ts";
import type { Position } from "../domain/position.ts";
import { ACTIVITY_COLUMNS, readAfter, type StreamPage, type StreamRow } from "./activity-lists.ts";
import { conditionsOf } from "./event-filter.ts";
import { DEVICE_COLUMN, JOIN_DEVICE } from "./known-device.ts";
import type { NotificationTables } from "./tables.ts";

type Db = Transaction<NotificationTables>;

interface Wanting {
  readonly tenant: string;
  readonly id: string;
  readonly filter: EventFilter;
}

/** Of its own failing and recovery a sink is not told. */
const notOfItself = (id: string) =>
  sql`not (a.type like 'muster.notification.v1.Sink%' and a.data ->> 'sinkId' = ${id})`;

/** What a sink wants after a position, in stream order. */
export const readForSink = (
  db: Db,
  { tenant, id, filter }: Wanting,
  after: Position,
  limit: number,
): Promise<StreamPage> => readAfter(db, tenant, filter, after, limit, [notOfItself(id)]);

/** The events of a sink's dead letters that are to be sent once more, the oldest first. */
export async function readReplays(db: Db, { tenant, id }: Wanting, limit: number): Promise<StreamRow[]> {
  const { rows } = await sql<StreamRow>`
    select ${ACTIVITY_COLUMNS}, ${DEVICE_COLUMN} from sink_dead_letters d
    join activities a on a.tenant = d.tenant and a.xid = d.xid and a.seq = d.seq ${JOIN_DEVICE}
    where d.tenant = ${tenant} and d.sink_id = ${id} and d.replaying order by d.xid, d.seq limit ${limit}`.execute(db);
  return rows;
}

export interface Lag {
  readonly events: number;
  readonly oldest: Date | undefined;
}

const MOST_COUNTED = 10_000;

/** How much of what a sink wants waits behind its position. */
export async function readLag(db: Db, sink: Wanting, { xid, seq }: Position): Promise<Lag> {
  const { rows } = await sql<{ events: number; oldest: Date | null }>`
    select count(*)::int as events, min(received_at) as oldest from (
      select a.received_at from activities a
      where a.tenant = ${sink.tenant} and (a.xid, a.seq) > (${xid}::xid8, ${seq}::bigint) and ${sql.join([...conditionsOf(sink.filter), notOfItself(sink.id)], sql` and `)}
      order by a.xid, a.seq limit ${MOST_COUNTED}) waiting`.execute(db);
  return { events: rows[0]?.events ?? 0, oldest: rows[0]?.oldest ?? undefined };
}
