import { OutboxServiceService } from "@muster/contracts/gen/muster/backbone/v1/outbox_service";
import type { ArrivedEvent } from "@muster/eventbus/event-message";
import { requestsTo } from "@muster/eventbus/requests";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Digests } from "./differences.ts";
import type { Span } from "./digest-sql.ts";
import { lowestIdAt } from "./event-time.ts";
import { idsInBytes, sumInBytes } from "./id-bytes.ts";
import { outboxSubject } from "./outbox-door.ts";

export interface Told {
  readonly digests: Digests;
  /** Since when the publisher's outbox is whole. */
  readonly keptSince: number;
  /** How many events after the newest one heard the bus was told of, and when the first was made. */
  readonly unheard: number;
  readonly oldestUnheard: Date | undefined;
}

/** A publisher's outbox, as a listener asks it. */
export class Publisher {
  readonly #outbox;
  readonly #types: string[];

  constructor(bus: NatsConnection, service: string, types: readonly string[] | "all") {
    this.#outbox = requestsTo(bus, outboxSubject(service), OutboxServiceService);
    this.#types = types === "all" ? [] : [...types];
  }

  /** What was told in a span of whole minutes, and how much after the newest event that was heard, when that is given. */
  async told({ from, until }: Span, head?: string): Promise<Told> {
    const { minutes, keptSince, unheard, oldestUnheard } = await this.#outbox.getDigests({
      types: this.#types,
      from: new Date(from),
      until: new Date(until),
      heard: head === "" ? lowestIdAt(0) : (head ?? ""),
    });
    const digests = minutes.map(
      ({ start, count, sum }) => [start?.getTime() ?? 0, { count, sum: sumInBytes(sum) }] as const,
    );
    return { digests: new Map(digests), keptSince: keptSince?.getTime() ?? 0, unheard, oldestUnheard };
  }

  /** The ids of what was told to this listener. */
  toldIds(span: Span): Promise<string[]> {
    return this.#ids(span, this.#types, false);
  }

  /** The ids of all there is, told or not, for whomever. */
  allIds(span: Span): Promise<string[]> {
    return this.#ids(span, [], true);
  }

  /** The first of these events, in order, as many as come at once; none when the publisher has none of them. */
  async events(ids: readonly string[]): Promise<ArrivedEvent[]> {
    const { events } = await this.#outbox.getEvents({ ids: [...ids] });
    return events.map(({ time, ...event }) => ({ ...event, time: time ?? new Date(0) }));
  }

  async #ids({ from, until }: Span, types: string[], untold: boolean): Promise<string[]> {
    const ids: string[] = [];
    for (;;) {
      const after = ids.at(-1) ?? "";
      const page = await this.#outbox.listIds({ types, from: new Date(from), until: new Date(until), after, untold });
      ids.push(...idsInBytes(page.ids));
      if (!page.more) return ids;
    }
  }
}
