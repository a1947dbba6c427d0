import { type ParkedEvent, ParkedEventState } from "@muster/contracts/gen/muster/backbone/v1/parked_event";
import { type RawBuilder, sql } from "kysely";
import type { Work } from "../service-database.ts";
import { parkedId } from "./parked-id.ts";

export interface ParkedFilter {
  readonly consumer: string;
  readonly deviceId: string;
  readonly state: ParkedEventState;
  /** Only what comes after this one in the list. */
  readonly after: ParkedPlace | undefined;
  readonly limit: number;
}

/** Where an event stands in the list, newest first. */
export interface ParkedPlace {
  readonly parkedAt: Date;
  readonly consumer: string;
  readonly eventId: string;
}

interface Row {
  readonly consumer: string;
  readonly event_id: string;
  readonly state: "parked" | "dead";
  readonly type: string;
  readonly device_id: string;
  readonly actor: string;
  readonly time: Date;
  readonly reason: string;
  readonly attempts: number;
  readonly parked_at: Date;
  readonly failed_at: Date | null;
  readonly next_try_at: Date | null;
  readonly full_since: Date | null;
  readonly body: string;
}

const STATES = {
  [ParkedEventState.PARKED_EVENT_STATE_UNSPECIFIED]: undefined,
  [ParkedEventState.PARKED_EVENT_STATE_PARKED]: "parked",
  [ParkedEventState.PARKED_EVENT_STATE_DEAD]: "dead",
} as const;

const select = (body: RawBuilder<unknown>) => sql`
  select e.consumer, e.event_id, e.state, e.type, e.device_id, e.actor, e.time, e.reason, e.attempts, e.parked_at,
    e.failed_at, ${body} as body,
    case e.state when 'parked' then d.next_try_at end as next_try_at,
    case e.state when 'parked' then d.full_since end as full_since
  from parked_events e left join parked_devices d
    on d.tenant = e.tenant and d.consumer = e.consumer and d.queue = e.queue`;

const unless = (isNone: boolean, condition: RawBuilder<unknown>) => (isNone ? sql`true` : condition);

/** The tenant's parked events and dead letters, newest first, without their bodies. */
export async function listParked<DB>(work: Work<DB>, service: string, filter: ParkedFilter): Promise<ParkedEvent[]> {
  const { consumer, deviceId, after, limit } = filter;
  const state = STATES[filter.state];
  const { rows } = await sql<Row>`
    ${select(sql`''`)} where ${unless(consumer === "", sql`e.consumer = ${consumer}`)}
      and ${unless(deviceId === "", sql`e.device_id = ${deviceId}`)}
      and ${unless(state === undefined, sql`e.state = ${state}`)}
      and ${after === undefined ? sql`true` : sql`(e.parked_at, e.consumer, e.event_id) < (${after.parkedAt}, ${after.consumer}, ${after.eventId})`}
    order by e.parked_at desc, e.consumer desc, e.event_id desc limit ${limit}`.execute(work.sql);
  return rows.map((row) => messageOf(service, row));
}

export async function findParked<DB>(
  work: Work<DB>,
  service: string,
  consumer: string,
  eventId: string,
): Promise<ParkedEvent | undefined> {
  const { rows } = await sql<Row>`
    ${select(sql`e.body`)} where e.consumer = ${consumer} and e.event_id = ${eventId}`.execute(work.sql);
  return rows[0] && messageOf(service, rows[0]);
}

const messageOf = (service: string, row: Row): ParkedEvent => ({
  id: parkedId(row.consumer, row.event_id),
  service,
  consumer: row.consumer,
  eventId: row.event_id,
  state: row.state === "parked" ? ParkedEventState.PARKED_EVENT_STATE_PARKED : ParkedEventState.PARKED_EVENT_STATE_DEAD,
  type: row.type,
  deviceId: row.device_id,
  actor: row.actor,
  time: row.time,
  reason: row.reason,
  attempts: row.attempts,
  parkedAt: row.parked_at,
  failedAt: row.failed_at ?? undefined,
  nextTryAt: row.next_try_at ?? undefined,
  fullSince: row.full_since ?? undefined,
  body: row.body,
});
