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

/** Events of one type about many devices, alike but for the device and for what stands in their places. */
export interface AlikeEvents<T extends EventType = EventType> extends Omit<NewEvent<T>, "deviceId"> {
  /** One event for each. */
  readonly deviceIds: Uuids;
  /**
   * Ids in `data` that nothing else has, and those that stand there in each event instead, in the order of the devices.
   */
  readonly places: Readonly<Record<string, Uuids>>;
}

export interface PreparedAlike {
  readonly like: OutboxRow;
  readonly deviceIds: Uuids;
  readonly places: Readonly<Record<string, Uuids>>;
}

export const prepareAlike = <T extends EventType>(
  { deviceIds, places, ...event }: AlikeEvents<T>,
  transactionTenant: string,
): PreparedAlike => ({
  like: prepareEvent<T>(event, transactionTenant),
  deviceIds,
  places,
});

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

/** The same for events that are alike: the text they share goes to the database once, and is put together there. */
export async function insertAlike<DB>(
  connection: Kysely<DB>,
  { deviceIds, like, places }: PreparedAlike,
): Promise<void> {
  const filled = Object.values(places);
  const body = piecesOf(like.body, Object.keys(places)).map((piece) =>
    typeof piece === "string" ? sql`${piece}::text` : sql.ref(`told.place${piece}`),
  );
  const arrays = [Uuids.made(deviceIds.length), deviceIds, ...filled].map((all) => sql`${all.asArray()}::uuid[]`);
  const names = ["id", "device_id", ...filled.map((_, index) => `place${index}`)];
  await sql`
    insert into outbox (id, tenant, type, device_id, actor, traceparent, body)
    select told.id, ${like.tenant}, ${like.type}, told.device_id::text, ${like.actor}, ${like.traceparent}, concat(${sql.join(body)})
    from unnest(${sql.join(arrays)}) as told (${sql.join(names.map((name) => sql.id(name)))})`.execute(connection);
}

/** A text cut where places stand in it: the texts between them, and of each place which of them it is. */
export function piecesOf(text: string, places: readonly string[]): (string | number)[] {
  return places.reduce<(string | number)[]>(
    (pieces, place, index) =>
      pieces.flatMap((piece) =>
        typeof piece === "string"
          ? piece.split(place).flatMap((between, at) => (at === 0 ? [between] : [index, between]))
          : [piece],
      ),
    [text],
  );
}
