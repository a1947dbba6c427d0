import {
  type GetDigestsRequest,
  type GetDigestsResponse,
  type GetEventsRequest,
  type GetEventsResponse,
  type ListIdsRequest,
  type ListIdsResponse,
  OutboxServiceService,
  type ToldEvent,
} from "@muster/contracts/gen/muster/backbone/v1/outbox_service";
import { ANSWER_BYTES, answerRequests } from "@muster/eventbus/requests";
import type { Logger } from "@muster/host/logging";
import type { NatsConnection } from "@nats-io/transport-node";
import { type RawBuilder, sql } from "kysely";
import type { Pool } from "pg";
import { ServiceDatabase } from "../service-database.ts";
import { outboxIn } from "./digest-sql.ts";
import { lowestIdAt, timeOf } from "./event-time.ts";
import { bytesOfIds, bytesOfSum } from "./id-bytes.ts";
import { OutboxDigests } from "./outbox-digests.ts";
import { UnheardEvents } from "./unheard-events.ts";

const IDS_LIMIT = 16_384;
const ENVELOPE_BYTES = 512;

export const outboxSubject = (service: string): string => `outbox.${service}`;

export interface OutboxDoorOptions {
  readonly service: string;
  readonly pool: Pool;
  readonly bus: NatsConnection;
  /** For how many days the outbox is kept whole. */
  readonly keptDays: number;
  readonly log: Logger;
}

/** Answers listeners who want to know what this service told the bus. */
export function openOutboxDoor({ service, pool, bus, keptDays, log }: OutboxDoorOptions): void {
  const outbox = new OutboxReader(pool, keptDays);
  answerRequests(
    bus,
    outboxSubject(service),
    OutboxServiceService,
    {
      getDigests: (request) => outbox.getDigests(request),
      listIds: (request) => outbox.listIds(request),
      getEvents: (request) => outbox.getEvents(request),
    },
    (error, method) => log.error({ err: error, method }, "question about the outbox failed"),
  );
}

const TOLD = sql`(o.xid, o.seq) <= (c.xid, c.seq)`;
const ofTypes = (types: readonly string[]) => (types.length === 0 ? sql`true` : sql`o.type = any(${types}::text[])`);

class OutboxReader {
  readonly #database: ServiceDatabase<unknown>;
  readonly #digests: OutboxDigests;
  readonly #unheard: UnheardEvents;
  readonly #keptDays: number;

  constructor(pool: Pool, keptDays: number) {
    this.#database = new ServiceDatabase(pool);
    this.#digests = new OutboxDigests(this.#database);
    this.#unheard = new UnheardEvents(this.#database);
    this.#keptDays = keptDays;
  }

  async getDigests({ types, from, until, heard }: GetDigestsRequest): Promise<GetDigestsResponse> {
    const span = { from: from?.getTime() ?? 0, until: until?.getTime() ?? 0 };
    const [minutes, [kept], unheard] = await Promise.all([
      this.#digests.of(span, types, Date.now()),
      this.#rows<{ since: Date }>(sql`select (current_date - ${this.#keptDays}::int)::timestamptz as since`),
      heard === "" ? undefined : this.#unheard.after(heard, types, Date.now()),
    ]);
    return {
      minutes: [...minutes].map(([start, { count, sum }]) => ({
        start: new Date(start),
        count,
        sum: bytesOfSum(sum),
      })),
      keptSince: kept?.since,
      unheard: unheard?.count ?? 0,
      oldestUnheard: unheard?.oldest ? new Date(timeOf(unheard.oldest)) : undefined,
    };
  }

  async listIds({ types, from, until, after, untold }: ListIdsRequest): Promise<ListIdsResponse> {
    const span = { from: from?.getTime() ?? 0, until: until?.getTime() ?? 0 };
    const rows = await this.#rows<{ id: string }>(sql`
      select o.id from ${outboxIn(span)} o, outbox_cursor c
      where o.id > ${after || lowestIdAt(0)}::uuid and ${ofTypes(types)}
        and ${untold ? sql`true` : TOLD}
      order by o.id limit ${IDS_LIMIT + 1}`);
    const ids = rows.slice(0, IDS_LIMIT).map((row) => row.id);
    return { ids: bytesOfIds(ids), more: rows.length > IDS_LIMIT };
  }

  async getEvents({ ids }: GetEventsRequest): Promise<GetEventsResponse> {
    const sorted = ids.toSorted();
    const found = await this.#rows<ToldEvent>(sql`
      select id, type, tenant, device_id as "deviceId", actor, created_at as time, traceparent, body
      from outbox_events(${sorted[0] ?? null}::uuid, ${sorted.at(-1) ?? null}::uuid)
      where id = any(${sorted}::uuid[]) order by id`);
    let size = 0;
    const full = found.findIndex(({ body }) => (size += Buffer.byteLength(body) + ENVELOPE_BYTES) > ANSWER_BYTES);
    // At least one: it went over the bus once, so it fits into an answer.
    return { events: full < 0 ? found : found.slice(0, Math.max(full, 1)) };
  }

  async #rows<Row>(statement: RawBuilder<unknown>): Promise<Row[]> {
    const { rows } = await this.#database.system((work) => statement.execute(work.sql));
    return rows as Row[];
  }
}
