import { sql } from "kysely";
import type { Work } from "../service-database.ts";

/** Which queues are meant; what is empty does not matter. */
export interface Which {
  readonly consumer: string;
  readonly deviceId: string;
}

interface Found {
  readonly tenant: string;
  readonly queue: string;
  readonly state: "parked" | "dead";
}

/** Makes an event's queue due; a dead letter is put back into it first. Returns whether there is such an event. */
export async function retryParked<DB>(work: Work<DB>, consumer: string, eventId: string): Promise<boolean> {
  const found = await lock(work, consumer, eventId);
  if (found === undefined) return false;
  await sql`
    insert into parked_devices (consumer, tenant, queue, next_try_at) values (${consumer}, ${found.tenant}, ${found.queue}, now())
    on conflict (tenant, consumer, queue) do update set next_try_at = excluded.next_try_at`.execute(work.sql);
  await sql`
    update parked_events set state = 'parked' where consumer = ${consumer} and event_id = ${eventId}`.execute(work.sql);
  return true;
}

/** Makes a parked event a dead letter, and removes a dead one. Returns whether there is such an event. */
export async function dropParked<DB>(
  work: Work<DB>,
  consumer: string,
  eventId: string,
  actor: string,
): Promise<boolean> {
  const found = await lock(work, consumer, eventId);
  if (found === undefined) return false;
  if (found.state === "dead") {
    await sql`delete from parked_events where consumer = ${consumer} and event_id = ${eventId}`.execute(work.sql);
    return true;
  }
  await sql`
    update parked_events set state = 'dead', reason = ${givenUp(actor)} || reason
    where consumer = ${consumer} and event_id = ${eventId}`.execute(work.sql);
  await sql`
    delete from parked_devices d where consumer = ${consumer} and queue = ${found.queue} and not exists (
      select from parked_events e where e.consumer = d.consumer and e.tenant = d.tenant and e.queue = d.queue
        and e.state = 'parked')`.execute(work.sql);
  await sql`
    update parked_devices set next_try_at = now() where consumer = ${consumer} and queue = ${found.queue}`.execute(
    work.sql,
  );
  return true;
}

/** Makes queues due; returns how many. */
export async function retryQueues<DB>(work: Work<DB>, which: Which): Promise<number> {
  const { rows } = await sql`update parked_devices set next_try_at = now() where ${meant(which)} returning 1`.execute(
    work.sql,
  );
  return rows.length;
}

/** Makes dead letters of all that waits in queues; returns how many. */
export async function dropQueues<DB>(work: Work<DB>, which: Which, actor: string): Promise<number> {
  await sql`select from parked_devices where ${meant(which)} order by tenant, consumer, queue for update`.execute(
    work.sql,
  );
  const { rows } = await sql`
    update parked_events set state = 'dead', reason = ${givenUp(actor)} || reason
    where state = 'parked' and ${meant(which)} returning 1`.execute(work.sql);
  await sql`delete from parked_devices where ${meant(which)}`.execute(work.sql);
  return rows.length;
}

const meant = ({ consumer, deviceId }: Which) => sql`
  ${consumer === "" ? sql`true` : sql`consumer = ${consumer}`} and ${deviceId === "" ? sql`true` : sql`queue = ${deviceId}`}`;

const givenUp = (actor: string) => `given up by ${actor}: `;

/** Finds the event and holds its queue, so that it is not tried meanwhile. */
async function lock<DB>(work: Work<DB>, consumer: string, eventId: string): Promise<Found | undefined> {
  await sql`
    select from parked_devices d where consumer = ${consumer} and queue = (
      select queue from parked_events where consumer = ${consumer} and event_id = ${eventId}) for update`.execute(
    work.sql,
  );
  const { rows } = await sql<Found>`
    select tenant, queue, state from parked_events where consumer = ${consumer} and event_id = ${eventId}`.execute(
    work.sql,
  );
  return rows[0];
}
