import type { EventData, EventType } from "@muster/contracts/event";
import { bodyOf } from "@muster/eventbus/event-message";
import { currentTrace, type TraceCarrier } from "@muster/host/telemetry";
import { type Kysely, sql } from "kysely";
import { v7 as uuidv7 } from "uuid";

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
  readonly id: string;
  readonly tenant: string;
  readonly type: EventType;
  readonly device_id: string;
  readonly actor: string;
  readonly traceparent: string;
  readonly body: string;
}

export function prepareEvent<T extends EventType>(event: NewEvent<T>, transactionTenant: string): OutboxRow {
  const tenant = event.tenant ?? transactionTenant;
  if (tenant === "*") throw new Error(`the event ${event.type} names no tenant`);
  return {
    id: uuidv7(),
    tenant,
    type: event.type,
    device_id: event.deviceId ?? "",
    actor: event.actor ?? "",
    traceparent: sampled((event.trace ?? currentTrace()).traceparent),
    body: bodyOf(event.type, event.data),
  };
}

// W3C trace context: the last field's lowest bit says whether the trace is recorded. An unrecorded one is not worth carrying.
const sampled = (traceparent: string | undefined): string => (traceparent?.endsWith("1") ? traceparent : "");

/**
 * Writes all events of a transaction in one statement. Their time is the transaction's, by the database's clock: a
 * service whose clock is wrong would put its events where no partition is, or into one that is about to be dropped.
 */
export async function insertEvents<DB>(connection: Kysely<DB>, events: readonly OutboxRow[]): Promise<void> {
  const column = (name: keyof OutboxRow) => events.map((event) => event[name]);
  await sql`
    insert into outbox (id, tenant, type, device_id, actor, traceparent, body)
    select * from unnest(${column("id")}::uuid[], ${column("tenant")}::text[], ${column("type")}::text[],
      ${column("device_id")}::text[], ${column("actor")}::text[], ${column("traceparent")}::text[],
      ${column("body")}::text[])`.execute(connection);
}
