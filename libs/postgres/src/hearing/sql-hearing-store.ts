import type { ArrivedEvent } from "@muster/eventbus/event-message";
import { type RawBuilder, sql } from "kysely";
import type { ServiceDatabase, Work } from "../service-database.ts";
import { type HeardEvent, readEvent } from "./heard-event.ts";
import type { Arrived, DueEvent, Hearing, HearingStore } from "./hearing-store.ts";
import { inProcessSpans } from "./process-spans.ts";
import { type Queue, queueKey, queueOf } from "./sort-arrivals.ts";

export interface SqlHearingOptions<DB> {
  readonly database: ServiceDatabase<DB>;
  readonly consumer: string;
  readonly apply: (work: Work<DB>, events: readonly HeardEvent[]) => Promise<void>;
  readonly applied: (events: readonly HeardEvent[]) => void;
}

const REASON_LENGTH = 2_000;
const WAITS = "waits for an earlier event of its device";

/** A consumer's store in its service's own schema. */
export const sqlHearingStore = <DB>(options: SqlHearingOptions<DB>): HearingStore => ({
  async transaction(work) {
    let heard: HeardEvent[] = [];
    const result = await options.database.system((transaction) => {
      // The transaction may run more than once.
      heard = [];
      return work(new SqlHearing(options, transaction, (events) => heard.push(...events)));
    });
    if (heard.length > 0) options.applied(heard);
    return result;
  },
});

interface ParkedRow {
  readonly id: string;
  readonly type: string;
  readonly tenant: string;
  readonly device_id: string;
  readonly actor: string;
  readonly time: Date;
  readonly traceparent: string;
  readonly body: string;
  readonly attempts: number;
}

class SqlHearing<DB> implements Hearing {
  readonly #options: SqlHearingOptions<DB>;
  readonly #work: Work<DB>;
  readonly #onApplied: (events: readonly HeardEvent[]) => void;

  constructor(options: SqlHearingOptions<DB>, work: Work<DB>, onApplied: (events: readonly HeardEvent[]) => void) {
    this.#options = options;
    this.#work = work;
    this.#onApplied = onApplied;
  }

  async arrive(events: readonly ArrivedEvent[]): Promise<Arrived> {
    const { consumer } = this.#options;
    const queues = events.map(queueOf);
    const ids = [...new Set(events.map(({ id }) => id))].sort();
    // The queues first and each in one order, so that two batches do not wait for each other. What was heard before is told and
    // not what was not: mostly that is nothing.
    const rows = await this.#run<(Queue & { length: number; heard: null }) | { queue: null; heard: string }>(sql`
      with held as materialized (
        select tenant, queue from parked_devices
        where consumer = ${consumer} and (tenant, queue) in (select * from unnest(
          ${queues.map(({ tenant }) => tenant)}::text[], ${queues.map(({ queue }) => queue)}::text[]))
        order by tenant, queue for update),
      unheard as (
        insert into inbox (consumer, event_id) select ${consumer}, id from unnest(${ids}::uuid[]) as id
        where (select count(*) from held) >= 0
        on conflict do nothing returning event_id),
      heard as (select id from unnest(${ids}::uuid[]) as id except select event_id from unheard)
      select h.tenant, h.queue, (select count(*)::int from parked_events e where e.consumer = ${consumer}
        and e.tenant = h.tenant and e.queue = h.queue and e.state = 'parked') as length, null as heard from held h
      union all select null, null, null, id::text from heard`);
    const unheard = new Set(ids);
    const lengths = new Map<string, number>();
    for (const row of rows) {
      if (row.queue === null) unheard.delete(row.heard);
      else lengths.set(queueKey(row), row.length);
    }
    return { unheard, lengths };
  }

  async apply(events: readonly ArrivedEvent[]): Promise<void> {
    await inProcessSpans(this.#options.consumer, events.map(readEvent), async (traced) => {
      await this.#options.apply(this.#work, traced);
      this.#onApplied(traced);
    });
  }

  async wait(events: readonly ArrivedEvent[]): Promise<void> {
    await this.#insert(events, "parked", WAITS, 0);
  }

  async leave(events: readonly ArrivedEvent[]): Promise<void> {
    const { consumer } = this.#options;
    await this.#run(sql`
      delete from inbox where consumer = ${consumer} and event_id = any(${events.map(({ id }) => id)}::uuid[])`);
    await this.#run(sql`
      update parked_devices set full_since = coalesce(full_since, now())
      where consumer = ${consumer} and (tenant, queue) in (select * from unnest(
        ${events.map(({ tenant }) => tenant)}::text[], ${events.map((event) => queueOf(event).queue)}::text[]))`);
  }

  async park(event: ArrivedEvent, reason: string, pauseMs: number): Promise<void> {
    await this.#run(sql`
      insert into parked_devices (consumer, tenant, queue, attempts, next_try_at)
      values (${this.#options.consumer}, ${event.tenant}, ${queueOf(event).queue}, 1, ${after(pauseMs)})`);
    await this.#insert([event], "parked", reason, 1);
  }

  async bury(event: ArrivedEvent, reason: string): Promise<void> {
    await this.#insert([event], "dead", reason, 1);
  }

  async giveUp(event: ArrivedEvent, reason: string): Promise<void> {
    await this.bury(event, reason);
    await this.#endQueue(event);
  }

  async takeDue(only?: ArrivedEvent): Promise<DueEvent | undefined> {
    const { consumer } = this.#options;
    const which =
      only === undefined ? sql`next_try_at <= now()` : sql`tenant = ${only.tenant} and queue = ${queueOf(only).queue}`;
    const [queue] = await this.#run<Queue>(sql`
      select tenant, queue from parked_devices where consumer = ${consumer} and ${which}
      order by next_try_at limit 1 for update skip locked`);
    if (queue === undefined) return undefined;
    const [row] = await this.#run<ParkedRow>(sql`
      select event_id as id, type, tenant, device_id, actor, time, traceparent, body, attempts from parked_events
      where consumer = ${consumer} and tenant = ${queue.tenant} and queue = ${queue.queue} and state = 'parked'
        and ${only === undefined ? sql`true` : sql`event_id = ${only.id}`}
      order by event_id limit 1`);
    if (row === undefined) return undefined;
    const { device_id: deviceId, attempts, ...event } = row;
    return { event: { ...event, deviceId }, attempts };
  }

  async settle(event: ArrivedEvent): Promise<void> {
    await this.#run(sql`
      delete from parked_events where consumer = ${this.#options.consumer} and tenant = ${event.tenant}
        and event_id = ${event.id}`);
    await this.#endQueue(event);
  }

  async rest(event: ArrivedEvent, reason: string, pauseMs: number): Promise<void> {
    const { consumer } = this.#options;
    await this.#run(sql`
      update parked_events set attempts = attempts + 1, reason = ${reason.slice(0, REASON_LENGTH)}, failed_at = now()
      where consumer = ${consumer} and tenant = ${event.tenant} and event_id = ${event.id}`);
    await this.#run(sql`
      update parked_devices set attempts = attempts + 1, next_try_at = ${after(pauseMs)}
      where consumer = ${consumer} and tenant = ${event.tenant} and queue = ${queueOf(event).queue}`);
  }

  /** A queue in which nothing waits is parked no more; in another the next event is due at once. */
  async #endQueue(event: ArrivedEvent): Promise<void> {
    const { consumer } = this.#options;
    const { tenant, queue } = queueOf(event);
    await this.#run(sql`
      delete from parked_devices d where consumer = ${consumer} and tenant = ${tenant} and queue = ${queue}
        and not exists (select from parked_events e where e.consumer = d.consumer and e.tenant = d.tenant
          and e.queue = d.queue and e.state = 'parked')`);
    await this.#run(sql`
      update parked_devices set next_try_at = now(), full_since = null
      where consumer = ${consumer} and tenant = ${tenant} and queue = ${queue}`);
  }

  async #insert(events: readonly ArrivedEvent[], state: string, reason: string, attempts: number): Promise<void> {
    const column = (of: (event: ArrivedEvent) => unknown) => events.map(of);
    await this.#run(sql`
      insert into parked_events (consumer, state, reason, attempts, failed_at, tenant, event_id, queue, type, device_id,
        actor, time, traceparent, body)
      select ${this.#options.consumer}, ${state}, ${reason.slice(0, REASON_LENGTH)}, ${attempts}::int,
        case when ${attempts}::int > 0 then now() end, * from unnest(
        ${column(({ tenant }) => tenant)}::text[], ${column(({ id }) => id)}::text[],
        ${column((event) => queueOf(event).queue)}::text[], ${column(({ type }) => type)}::text[],
        ${column(({ deviceId }) => deviceId)}::text[], ${column(({ actor }) => actor)}::text[],
        ${column(({ time }) => time)}::timestamptz[], ${column(({ traceparent }) => traceparent)}::text[],
        ${column(({ body }) => body)}::text[])
      on conflict (tenant, consumer, event_id)
        do update set state = excluded.state, reason = excluded.reason, failed_at = excluded.failed_at`);
  }

  async #run<Row>(statement: RawBuilder<unknown>): Promise<Row[]> {
    return (await statement.execute(this.#work.sql)).rows as Row[];
  }
}

const after = (pauseMs: number) => sql`now() + ${pauseMs} * interval '1 millisecond'`;
