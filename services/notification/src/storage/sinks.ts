import type { EventFormat } from "@muster/event-formats/render";
import { expectRevision } from "@muster/host/revision";
import { type RawBuilder, sql, type Transaction } from "kysely";
import { type Position } from "../domain/position.ts";
import { refuse } from "../domain/refusals.ts";
import type { Batching } from "../domain/sinks/batching.ts";
import type { Breaker } from "../domain/sinks/breaker.ts";
import type { SinkDraft, SinkKind } from "../domain/sinks/sink-draft.ts";
import type { NotificationTables } from "./tables.ts";
import { type Expected, isUuid } from "./webhooks.ts";

type Db = Transaction<NotificationTables>;

/** A destination as it is kept: what everybody may see, and what is secret, sealed. */
export interface KeptDestination {
  readonly kind: SinkKind;
  readonly open: Readonly<Record<string, unknown>>;
  readonly sealed: Buffer;
}

export interface HeldSink extends SinkDraft {
  readonly tenant: string;
  readonly id: string;
  readonly destination: KeptDestination;
  readonly batching: Batching;
  readonly position: Position;
  readonly epoch: string;
  readonly breaker: Breaker;
  readonly failing: boolean;
  readonly delivered: number;
  readonly createdAt: Date;
  readonly revision: number;
}

export interface SinkRow {
  tenant: string;
  id: string;
  name: string;
  enabled: boolean;
  type_patterns: string[];
  service_patterns: string[];
  label_ids: string[];
  device_ids: string[];
  format: EventFormat;
  kind: SinkKind;
  destination: Record<string, unknown>;
  secrets: Buffer;
  max_events: number;
  max_bytes: number;
  linger_ms: number;
  in_flight: number;
  created_at: Date;
  xid: string;
  seq: string;
  epoch: string;
  failures: number;
  pause_until: Date | number;
  last_success_at: Date | null;
  last_failure_at: Date | null;
  last_error: string;
  delivered: string;
  failing: boolean;
  revision: number;
}

export const heldSinkOf = (row: SinkRow): HeldSink => ({
  tenant: row.tenant,
  id: row.id,
  name: row.name,
  enabled: row.enabled,
  filter: {
    typePatterns: row.type_patterns,
    servicePatterns: row.service_patterns,
    labelIds: row.label_ids,
    deviceIds: row.device_ids,
  },
  format: row.format,
  destination: { kind: row.kind, open: row.destination, sealed: row.secrets },
  batching: {
    maxEvents: row.max_events,
    maxBytes: row.max_bytes,
    lingerMs: row.linger_ms,
    inFlight: row.in_flight,
  },
  position: { xid: row.xid, seq: row.seq },
  epoch: row.epoch,
  breaker: {
    failures: row.failures,
    // "-infinity" is read as a number.
    pauseUntil: row.pause_until instanceof Date ? row.pause_until.getTime() : 0,
    lastSuccessAt: row.last_success_at?.getTime(),
    lastFailureAt: row.last_failure_at?.getTime(),
    lastError: row.last_error,
  },
  failing: row.failing,
  delivered: Number(row.delivered),
  createdAt: row.created_at,
  revision: row.revision,
});

/** All columns of sink s, positions as text. */
export const SINK_COLUMNS: RawBuilder<unknown> = sql`s.tenant, s.id, s.name, s.enabled, s.type_patterns, s.service_patterns, s.label_ids,
  s.device_ids, s.format, s.kind, s.destination, s.secrets, s.max_events, s.max_bytes, s.linger_ms, s.in_flight,
  s.created_at, s.xid::text, s.seq::text, s.epoch::text, s.failures, s.pause_until, s.last_success_at,
  s.last_failure_at, s.last_error, s.delivered::text, s.failing, s.revision`;

export async function findSink(db: Db, tenant: string, id: string): Promise<HeldSink> {
  const { rows } = isUuid(id)
    ? await sql<SinkRow>`select ${SINK_COLUMNS} from sinks s where s.tenant = ${tenant} and s.id = ${id}`.execute(db)
    : { rows: [] };
  if (rows[0] === undefined) throw unknown(id);
  return heldSinkOf(rows[0]);
}

const unknown = (id: string) => refuse("sink.unknown", `there is no sink ${id}`);

export async function listSinks(db: Db, tenant: string): Promise<HeldSink[]> {
  const { rows } = await sql<SinkRow>`
    select ${SINK_COLUMNS} from sinks s where s.tenant = ${tenant} order by s.name, s.id`.execute(db);
  return rows.map(heldSinkOf);
}

const decided = (draft: SinkDraft, batching: Batching, { kind, open, sealed }: KeptDestination) => ({
  name: draft.name,
  enabled: draft.enabled,
  type_patterns: [...draft.filter.typePatterns],
  service_patterns: [...draft.filter.servicePatterns],
  label_ids: [...draft.filter.labelIds],
  device_ids: [...draft.filter.deviceIds],
  format: draft.format,
  kind,
  destination: { ...open },
  secrets: sealed,
  max_events: batching.maxEvents,
  max_bytes: batching.maxBytes,
  linger_ms: batching.lingerMs,
  in_flight: batching.inFlight,
});

export interface NewSink {
  readonly tenant: string;
  readonly id: string;
  readonly draft: SinkDraft;
  readonly batching: Batching;
  readonly destination: KeptDestination;
  readonly position: Position;
  readonly createdAt: Date;
}

export async function insertSink(db: Db, sink: NewSink): Promise<void> {
  await db
    .insertInto("sinks")
    .values({
      tenant: sink.tenant,
      id: sink.id,
      ...decided(sink.draft, sink.batching, sink.destination),
      ...sink.position,
      created_at: sink.createdAt,
    })
    .execute();
}

export async function updateSink(
  db: Db,
  { tenant, id, draft, batching, destination, expected }: Omit<NewSink, "position" | "createdAt"> & Expected,
): Promise<void> {
  const { revision } = await db
    .updateTable("sinks")
    .set((column) => ({
      ...decided(draft, batching, destination),
      revision: sql<number>`${column.ref("revision")} + 1`,
    }))
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .returning("revision")
    .executeTakeFirstOrThrow(() => unknown(id));
  expectRevision({ revision: revision - 1 }, expected);
}

export async function enableSink(db: Db, tenant: string, id: string, enabled: boolean): Promise<void> {
  await sql`
    update sinks set enabled = ${enabled}, revision = revision + 1
    where tenant = ${tenant} and id = ${id} and enabled <> ${enabled}`.execute(db);
}

export async function moveSink(db: Db, tenant: string, id: string, { xid, seq }: Position): Promise<void> {
  await sql`update sinks set xid = ${xid}::xid8, seq = ${seq} where tenant = ${tenant} and id = ${id}`.execute(db);
}

/** Removes a sink with its dead letters. */
export async function deleteSink(db: Db, { tenant, id, expected }: Expected): Promise<void> {
  const { rows } = await sql<{ revision: number }>`
    delete from sinks where tenant = ${tenant} and id = ${id} returning revision`.execute(db);
  if (rows[0] === undefined) throw unknown(id);
  expectRevision(rows[0], expected);
  await sql`delete from sink_dead_letters where tenant = ${tenant} and sink_id = ${id}`.execute(db);
}
