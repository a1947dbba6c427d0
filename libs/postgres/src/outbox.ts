import type { EventData, EventType } from "@muster/contracts/event";
import { bodyOf } from "@muster/eventbus/event-message";
import { currentTrace, type TraceCarrier } from "@muster/host/telemetry";
import { type Kysely, sql } from "kysely";
import { jsonTexts } from "./json-texts.ts";
import { ALL_TENANTS } from "./tenant-dialect.ts";
import { Uuids } from "./uuids.ts";

export interface NewEvent<T extends EventType = EventType> {
  readonly type: T;
  readonly data: EventData<T>;
  /** The device it is about; left out when it is about none. */
  readonly deviceId?: string;
  /** Who caused it; left out when the platform itself did. */
  readonly actor?: string;
  /** The tenant, where the transaction works on all. */
  readonly tenant?: string;
  /** The trace it belongs to; the active one when left out. */
  readonly trace?: TraceCarrier;
}

export interface OutboxRow {
  readonly tenant: string;
  readonly type: EventType;
  readonly device_id: string;
  readonly actor: string;
  readonly traceparent: string;
  readonly body: string;
}

/**
 * A NATS server takes messages of 1 MiB, headers included, unless it is told otherwise (max_payload). A larger event
 * would stand in the outbox for ever, with all that follows it: it must not come in.
 */
export const LARGEST_BODY_BYTES = 900 * 1024;

/** What was to be told is larger than the bus takes. Whoever emits it has to tell less; the transaction is undone. */
export class EventTooLarge extends Error {
  override readonly name = "EventTooLarge";

  constructor(type: EventType, bytes: number) {
    super(`the event ${type} has a body of ${bytes} bytes, and may have ${LARGEST_BODY_BYTES}`);
  }
}

export function prepareEvent<T extends EventType>(event: NewEvent<T>, transactionTenant: string): OutboxRow {
  const tenant = event.tenant ?? transactionTenant;
  if (tenant === ALL_TENANTS) throw new Error(`the event ${event.type} names no tenant`);
  const body = bodyOf(event.type, event.data);
  const bytes = Buffer.byteLength(body);
  if (bytes > LARGEST_BODY_BYTES) throw new EventTooLarge(event.type, bytes);
  return {
    tenant,
    type: event.type,
    device_id: event.deviceId ?? "",
    actor: event.actor ?? "",
    traceparent: sampled((event.trace ?? currentTrace()).traceparent),
    body,
  };
}

/** Events of one type about many devices, alike but for the device and for one id in each. */
export interface AlikeEvents<T extends EventType = EventType> extends Omit<NewEvent<T>, "deviceId"> {
  /** One event for each. */
  readonly deviceIds: Uuids;
  /** The id that each event has of its own, in the order of the devices. */
  readonly ownIds: Uuids;
  /** What stands in `data` for the one and the other: ids that nothing else has. */
  readonly stands: { readonly deviceId: string; readonly ownId: string };
}

export interface PreparedAlike extends Pick<AlikeEvents, "deviceIds" | "ownIds" | "stands"> {
  readonly like: OutboxRow;
}

export const prepareAlike = <T extends EventType>(
  { deviceIds, ownIds, stands, ...event }: AlikeEvents<T>,
  transactionTenant: string,
): PreparedAlike => ({ like: prepareEvent<T>(event, transactionTenant), deviceIds, ownIds, stands });

/** Each event by itself. */
export function eventsOf({ deviceIds, like, ownIds, stands }: PreparedAlike): OutboxRow[] {
  const own = ownIds.texts();
  return deviceIds.texts().map((deviceId, place) => ({
    ...like,
    device_id: deviceId,
    body: like.body.replaceAll(stands.deviceId, deviceId).replaceAll(stands.ownId, own[place] ?? ""),
  }));
}

// W3C trace context: the last field's lowest bit says whether the trace is recorded. An unrecorded one is not worth carrying.
const sampled = (traceparent: string | undefined): string => (traceparent?.endsWith("1") ? traceparent : "");

/**
 * Writes all events of a transaction in one statement.
 * Their time is the transaction's, by the database's clock: a service whose clock is wrong would put its events where no partition
 * is, or into one that is about to be dropped.
 */
export async function insertEvents<DB>(connection: Kysely<DB>, events: readonly OutboxRow[]): Promise<void> {
  const column = (name: keyof OutboxRow) => events.map((event) => event[name]);
  await sql`
    insert into outbox (id, tenant, type, device_id, actor, traceparent, body)
    select * from unnest(${Uuids.made(events.length).asArray()}::uuid[], ${column("tenant")}::text[], ${column("type")}::text[],
      ${column("device_id")}::text[], ${column("actor")}::text[], ${column("traceparent")}::text[],
      ${jsonTexts(column("body"))})`.execute(connection);
}

/** So many events that are alike, and no fewer, are worth a row that they share: whoever reads the outbox counts on it. */
export const LEAST_ALIKE = 64;
/** With three ids of each, a row has 48 kB at most. */
const MOST_ALIKE = 1_000;

/** Writes events that are alike: a row for a thousand, or one for each where they are few. */
export async function insertAlike<DB>(connection: Kysely<DB>, alike: PreparedAlike): Promise<void> {
  const rows = alike.deviceIds.length < LEAST_ALIKE ? 0 : Math.ceil(alike.deviceIds.length / MOST_ALIKE);
  const written = rows > 0 && (await insertTogether(connection, alike, rows));
  if (!written) await insertEvents(connection, eventsOf(alike));
}

/** @returns whether the relay that is in office reads such rows; otherwise nothing was written. */
async function insertTogether<DB>(
  connection: Kysely<DB>,
  { deviceIds, like, ownIds, stands }: PreparedAlike,
  rows: number,
): Promise<boolean> {
  const count = deviceIds.length;
  const format = like.body.replaceAll("%", "%%").replaceAll(stands.deviceId, "%1$s").replaceAll(stands.ownId, "%2$s");
  // Parts as long as each other: none is too short to be worth a row.
  const { numAffectedRows } = await sql`
    insert into outbox_alike (seq, events, ids, first_id, last_id, device_ids, own_ids, tenant, type, actor, traceparent, body)
    select (select max(nextval('outbox_seq_seq')) from generate_series(part.first, part.last)),
      part.last - part.first + 1, told.ids[part.first : part.last], told.ids[part.first], told.ids[part.last],
      told.device_ids[part.first : part.last], told.own_ids[part.first : part.last],
      ${like.tenant}, ${like.type}, ${like.actor}, ${like.traceparent}, ${format}
    from (select ${Uuids.made(count).asArray()}::uuid[] as ids, ${deviceIds.asArray()}::uuid[] as device_ids,
        ${ownIds.asArray()}::uuid[] as own_ids) told,
      (select (n * ${count}::bigint / ${rows}::int)::int + 1 as first, ((n + 1) * ${count}::bigint / ${rows}::int)::int as last
        from generate_series(0, ${rows}::int - 1) as n) part
    where (select alike_epoch = epoch from outbox_cursor)`.execute(connection);
  return numAffectedRows === BigInt(rows);
}
