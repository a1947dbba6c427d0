import { decodePageToken, pageSize, toPage } from "@muster/postgres/page";
import { type RawBuilder, sql, type Transaction } from "kysely";
import type { EventFilter } from "../domain/event-filter.ts";
import type { Position } from "../domain/position.ts";
import { conditionsOf } from "./event-filter.ts";
import { DEVICE_COLUMN, JOIN_DEVICE, type KnownDevice } from "./known-device.ts";
import type { NotificationTables } from "./tables.ts";

export interface ActivityRow {
  xid: string;
  seq: string;
  id: string;
  type: string;
  source: string;
  device_id: string;
  actor: string;
  time: Date;
  traceparent: string;
  data: Record<string, unknown>;
}

/** An activity of the stream, with what is known of its device. */
export interface StreamRow extends ActivityRow {
  device: KnownDevice | null;
}

export const ACTIVITY_COLUMNS = sql`a.xid::text, a.seq::text, a.id, a.type, a.source, a.device_id, a.actor, a.time, a.traceparent, a.data`;

export interface ActivityQuery {
  readonly filter: EventFilter;
  readonly search: string;
  readonly until: Date | undefined;
  readonly pageSize: number;
  readonly pageToken: string;
}

/** One page of activities, newest first. */
export async function listActivities(
  db: Transaction<NotificationTables>,
  tenant: string,
  query: ActivityQuery,
): Promise<{ rows: ActivityRow[]; nextPageToken: string }> {
  const size = pageSize(query.pageSize);
  const conditions = [sql`a.tenant = ${tenant}`, ...conditionsOf(query.filter)];
  if (query.until !== undefined) conditions.push(sql`a.time < ${query.until}`);
  if (query.search !== "") {
    const text = `%${query.search.replace(/[\\%_]/g, "\\$&")}%`;
    conditions.push(
      sql`(a.data::text ilike ${text} or a.actor ilike ${text} or a.type ilike ${text} or a.device_id ilike ${text})`,
    );
  }
  const [time, seq] = decodePageToken(query.pageToken, 2) ?? [];
  if (time !== undefined) conditions.push(sql`(a.time, a.seq) < (${time}::timestamptz, ${seq}::bigint)`);
  const { rows } = await sql<ActivityRow>`
    select ${ACTIVITY_COLUMNS} from activities a where ${sql.join(conditions, sql` and `)}
    order by a.time desc, a.seq desc limit ${size + 1}`.execute(db);
  return toPage(rows, size, (last) => [last.time.toISOString(), last.seq]);
}

/**
 * Where the stream has to begin so that no event since a time is left out: what transactions that still run may add
 * stands behind the horizon, even where others have recorded later events already.
 */
export async function positionSince(
  db: Transaction<NotificationTables>,
  tenant: string,
  since: Date,
  horizon: string,
): Promise<Position> {
  const { rows } = await sql<{ xid: string }>`
    select least(min(xid), ${horizon}::xid8)::text as xid from activities where tenant = ${tenant} and time >= ${since}`.execute(
    db,
  );
  return { xid: rows[0]?.xid ?? horizon, seq: "0" };
}

/** Up to where the stream may be read now: every transaction before this one has ended. */
export async function readHorizon(db: Transaction<NotificationTables>): Promise<{ horizon: string; next: string }> {
  const { rows } = await sql<{ horizon: string; next: string }>`
    select pg_snapshot_xmin(s)::text as horizon, pg_snapshot_xmax(s)::text as next from pg_current_snapshot() s`.execute(
    db,
  );
  return rows[0] ?? { horizon: "0", next: "0" };
}

export interface StreamPage {
  readonly rows: StreamRow[];
  /** Where to go on: nothing before it is still to come. */
  readonly next: Position;
  readonly isFull: boolean;
}

/**
 * The events after a position, in stream order. What a transaction that still runs may add stands behind the horizon,
 * and is left for later together with everything that follows it. What `also` says activity a has to fulfil too.
 */
export async function readAfter(
  db: Transaction<NotificationTables>,
  tenant: string,
  filter: EventFilter,
  after: Position,
  limit: number,
  also: readonly RawBuilder<unknown>[] = [],
): Promise<StreamPage> {
  const { rows } = await sql<{ horizon: string } & (StreamRow | { [K in keyof StreamRow]: null })>`
    with now as materialized (select pg_snapshot_xmin(pg_current_snapshot()) as horizon)
    select now.horizon::text, page.* from now left join lateral (
      select ${ACTIVITY_COLUMNS}, ${DEVICE_COLUMN} from activities a ${JOIN_DEVICE}
      where a.tenant = ${tenant} and (a.xid, a.seq) > (${after.xid}::xid8, ${after.seq}::bigint) and a.xid < now.horizon
        ${sql.join(
          [...conditionsOf(filter), ...also].map((each) => sql`and ${each}`),
          sql` `,
        )}
      order by a.xid, a.seq limit ${limit}) page on true`.execute(db);
  const found = rows.filter((row): row is { horizon: string } & StreamRow => row.id !== null);
  const last = found.at(-1);
  const isFull = found.length === limit;
  const horizon = rows[0]?.horizon ?? "0";
  if (isFull && last !== undefined) return { rows: found, next: { xid: last.xid, seq: last.seq }, isFull };
  return { rows: found, next: BigInt(horizon) > BigInt(after.xid) ? { xid: horizon, seq: "0" } : after, isFull };
}
