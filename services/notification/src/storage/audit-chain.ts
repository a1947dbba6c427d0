import { type Kysely, sql } from "kysely";
import type { AuditedEvent } from "../domain/audit-content.ts";
import type { AuditHead, AuditRecord } from "../domain/audit-head.ts";
import type { Position } from "../domain/position.ts";
import type { NotificationTables } from "./tables.ts";

type Db<DB extends NotificationTables> = Kysely<DB>;

/**
 * Takes the chains in hand until the transaction ends, unless another replica has them. An advisory lock and not a row's:
 * a transaction that has written nothing has no number yet, and holds up no reader of the event stream.
 */
export async function takeChains<DB extends NotificationTables>(db: Db<DB>): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`
    select pg_try_advisory_xact_lock('audit_cursor'::regclass::oid::bigint) as held`.execute(db);
  return rows[0]?.held === true;
}

export interface UnsealedEvent extends AuditedEvent {
  readonly tenant: string;
  readonly position: Position;
}

// The cursor's columns one by one: a comparison with a joined row is no index's, and each look would read all events there were.
const AFTER_CURSOR = sql`(a.xid, a.seq) > ((select xid from audit_cursor), (select seq from audit_cursor))`;

/** What is not in the chains yet, in the order of the event stream and as far as that may be read. */
export async function readUnsealed<DB extends NotificationTables>(db: Db<DB>, limit: number): Promise<UnsealedEvent[]> {
  const { rows } = await sql<
    Record<"xid" | "seq" | "tenant" | "id" | "type" | "source" | "actor", string> & {
      device_id: string;
      time: Date;
      traceparent: string;
      data: unknown;
    }
  >`
    select a.xid::text, a.seq::text, a.tenant, a.id, a.type, a.source, a.device_id, a.actor, a.time, a.traceparent, a.data
    from activities a where ${AFTER_CURSOR} and a.xid < pg_snapshot_xmin(pg_current_snapshot())
    order by a.xid, a.seq limit ${limit}`.execute(db);
  return rows.map(({ xid, seq, device_id, traceparent, ...row }) => ({
    ...row,
    deviceId: device_id,
    traceId: traceparent.split("-")[1] ?? "",
    position: { xid, seq },
  }));
}

export async function moveCursor<DB extends NotificationTables>(db: Db<DB>, { xid, seq }: Position): Promise<void> {
  await sql`update audit_cursor set xid = ${xid}::xid8, seq = ${seq}`.execute(db);
}

/** Writes records in one statement. Canonical JSON has no line break: contents in lines need no escaping, which took longest. */
export async function insertRecords<DB extends NotificationTables>(
  db: Db<DB>,
  records: readonly AuditRecord[],
): Promise<void> {
  const column = <T>(value: (each: AuditRecord) => T) => records.map(value);
  await sql`
    insert into audit_records (tenant, number, sealed_at, content, content_hash, previous_hash, hash,
      type, time, actor, device_id, action, outcome)
    select tenant, number, sealed_at, content, decode(content_hash, 'hex'), decode(previous_hash, 'hex'), decode(hash, 'hex'),
      type, time, actor, device_id, action, outcome
    from unnest(${column((each) => each.tenant)}::text[], ${column((each) => each.number)}::bigint[],
      ${column((each) => each.sealedAt)}::timestamptz[], string_to_array(${column((each) => each.content).join("\n")}, E'\\n'),
      ${column((each) => each.contentHash)}::text[], ${column((each) => each.previousHash)}::text[], ${column((each) => each.hash)}::text[],
      ${column((each) => each.type)}::text[], ${column((each) => each.time)}::timestamptz[], ${column((each) => each.actor)}::text[],
      ${column((each) => each.deviceId)}::text[], ${column((each) => each.action)}::text[], ${column((each) => each.outcome)}::text[])
      as n (tenant, number, sealed_at, content, content_hash, previous_hash, hash, type, time, actor, device_id, action, outcome)`.execute(
    db,
  );
}

interface HeadRow {
  tenant: string;
  number: string;
  hash: string;
  signed_through: string;
  unsigned_count: number;
  unsigned_since: Date | null;
}

const HEAD = sql`tenant, number, encode(hash, 'hex') as hash, signed_through, unsigned_count, unsigned_since`;

const headOf = (row: HeadRow): AuditHead => ({
  tenant: row.tenant,
  number: Number(row.number),
  hash: row.hash,
  signedThrough: Number(row.signed_through),
  unsignedCount: row.unsigned_count,
  unsignedSince: row.unsigned_since ?? undefined,
});

/** Where chains end: those of the tenants, and all in which something has waited for a checkpoint since. */
export async function readHeads<DB extends NotificationTables>(
  db: Db<DB>,
  tenants: readonly string[],
  waitingSince: Date,
): Promise<AuditHead[]> {
  const { rows } = await sql<HeadRow>`
    select ${HEAD} from audit_chains
    where tenant = any(${tenants}::text[]) or (unsigned_count > 0 and unsigned_since <= ${waitingSince})`.execute(db);
  return rows.map(headOf);
}

export async function saveHeads<DB extends NotificationTables>(db: Db<DB>, heads: readonly AuditHead[]): Promise<void> {
  const column = <T>(value: (each: AuditHead) => T) => heads.map(value);
  await sql`
    insert into audit_chains as c (tenant, number, hash, signed_through, unsigned_count, unsigned_since)
    select tenant, number, decode(hash, 'hex'), signed_through, unsigned_count, unsigned_since
    from unnest(${column((each) => each.tenant)}::text[], ${column((each) => each.number)}::bigint[], ${column((each) => each.hash)}::text[],
      ${column((each) => each.signedThrough)}::bigint[], ${column((each) => each.unsignedCount)}::int[],
      ${column((each) => each.unsignedSince ?? null)}::timestamptz[])
      as n (tenant, number, hash, signed_through, unsigned_count, unsigned_since)
    on conflict (tenant) do update set number = excluded.number, hash = excluded.hash, signed_through = excluded.signed_through,
      unsigned_count = excluded.unsigned_count, unsigned_since = excluded.unsigned_since`.execute(db);
}

/** For how many seconds the oldest event that is not in a chain has waited; 0 when none does. */
export async function readLag<DB extends NotificationTables>(db: Db<DB>): Promise<number> {
  const { rows } = await sql<{ lag: number }>`
    select extract(epoch from clock_timestamp() - a.received_at)::float8 as lag from activities a
    where ${AFTER_CURSOR} order by a.xid, a.seq limit 1`.execute(db);
  return rows[0]?.lag ?? 0;
}
