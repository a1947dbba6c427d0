import { type Kysely, sql, type Transaction } from "kysely";
import type { Signal } from "../../domain/signals/security-event.ts";
import type { NotificationTables } from "../tables.ts";
import { isUuid } from "../webhooks.ts";
import type { HeldStream } from "./streams.ts";

type Db = Transaction<NotificationTables>;
type StreamKey = Pick<HeldStream, "tenant" | "id">;

/** What may be sent of stream s in its present status. */
const SENDABLE = sql`g.refused_at is null and (s.status = 'enabled' or g.sent_when_not_enabled)`;

/** The first that wait, in order; one more than is handed out tells whether there are more. */
export async function waiting(db: Db, { tenant, id }: StreamKey, limit: number): Promise<Signal[]> {
  const { rows } = await sql<Signal>`
    select g.jti, g.event_type as "eventType", g.event, g.device_id as "deviceId", g.email, g.txn, g.issued_at as "issuedAt"
    from signals g join signal_streams s on s.tenant = g.tenant and s.id = g.stream_id
    where g.tenant = ${tenant} and g.stream_id = ${id} and ${SENDABLE} order by g.seq limit ${limit}`.execute(db);
  return rows;
}

export interface AboutStream {
  readonly eventType: string;
  readonly event: object;
  readonly txn: string;
  readonly sentWhenNotEnabled: boolean;
}

/** Puts a signal about the stream itself behind all that waits. */
export async function addAboutStream(db: Db, { tenant, id }: StreamKey, about: AboutStream): Promise<void> {
  await sql`
    insert into signals (tenant, stream_id, event_type, event, txn, sent_when_not_enabled)
    values (${tenant}, ${id}, ${about.eventType}, ${JSON.stringify(about.event)}::jsonb, ${about.txn}, ${about.sentWhenNotEnabled})`.execute(
    db,
  );
}

/** Takes out what the receiver has. @returns how many it was. */
export async function accepted(db: Db, { tenant, id }: StreamKey, jtis: readonly string[]): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from signals where tenant = ${tenant} and stream_id = ${id} and jti = any(${jtis.filter(isUuid)}::uuid[]) and refused_at is null`.execute(
    db,
  );
  return Number(numAffectedRows);
}

export interface SignalRefusal {
  readonly jti: string;
  readonly error: string;
}

/** Notes what the receiver will not have; it is kept to be looked at, and not sent again. @returns how many it was. */
export async function refused(db: Db, { tenant, id }: StreamKey, refusals: readonly SignalRefusal[]): Promise<number> {
  const named = refusals.filter(({ jti }) => isUuid(jti));
  const { numAffectedRows } = await sql`
    update signals g set refused_at = now(), error = n.error
    from unnest(${named.map(({ jti }) => jti)}::uuid[], ${named.map(({ error }) => error)}::text[]) as n (jti, error)
    where g.tenant = ${tenant} and g.stream_id = ${id} and g.jti = n.jti and g.refused_at is null`.execute(db);
  return Number(numAffectedRows);
}

/** Notes on the stream how its receiver did. */
export async function noteSettled(
  db: Db,
  { tenant, id }: StreamKey,
  took: number,
  refusedCount: number,
  lastError: string,
): Promise<void> {
  await sql`
    update signal_streams set failures = 0, failing_since = null, refused = refused + ${refusedCount},
      last_error = case when ${lastError} <> '' then ${lastError} else last_error end,
      last_success_at = case when ${took} > 0 then now() else last_success_at end
    where tenant = ${tenant} and id = ${id}`.execute(db);
}

/** How many signals a stream holds. */
const MOST_HELD = 10_000;

/** How many rows go in one statement, so that no lock is held long. */
const AT_ONCE = 5_000;

/**
 * Drops the oldest of what streams hold beyond the limit, what was refused so long ago, and what deleted streams left behind: a part
 * of each at a time. @returns whether there may be more.
 */
export async function sweepSignals<DB extends NotificationTables>(
  db: Kysely<DB>,
  refusedBefore: Date,
): Promise<boolean> {
  const dropped = await sql<{ tenant: string; stream_id: string }>`
    delete from signals where ctid = any(array(
      select g.ctid from signal_streams s cross join lateral (
        select ctid from signals where tenant = s.tenant and stream_id = s.id and refused_at is null
        order by seq desc offset ${MOST_HELD}) g
      limit ${AT_ONCE})) returning tenant, stream_id`.execute(db);
  for (const [id, [first, ...others]] of Map.groupBy(dropped.rows, ({ stream_id }) => stream_id)) {
    await sql`
      update signal_streams set dropped = dropped + ${1 + others.length} where tenant = ${first?.tenant} and id = ${id}`.execute(
      db,
    );
  }
  const old = await sql`
    delete from signals where ctid = any(array(
      select ctid from signals where refused_at < ${refusedBefore} limit ${AT_ONCE}))`.execute(db);
  const orphaned = await sql`
    delete from signals where ctid = any(array(
      select g.ctid from signals g left join signal_streams s on s.tenant = g.tenant and s.id = g.stream_id
      where s.id is null limit ${AT_ONCE}))`.execute(db);
  return [dropped.rows.length, Number(old.numAffectedRows), Number(orphaned.numAffectedRows)].includes(AT_ONCE);
}

/** How many signals wait, over all tenants. */
export async function countWaiting<DB extends NotificationTables>(db: Kysely<DB>): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from signals where refused_at is null`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}
