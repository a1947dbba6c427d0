import type { JetStreamManager } from "@nats-io/jetstream";
import type { Client } from "pg";
import { type Finding, finding } from "./check.ts";
import { eventsOf } from "./outbox.ts";

/** Who listens to what, as the bus held it before anything was injured. */
export interface Listener {
  readonly consumer: string;
  /** The schema of the service that publishes. */
  readonly publisher: string;
  /** The schema of the service that listens. */
  readonly listener: string;
  /** Names of events, such as DeviceEnrolled; empty means all of the publisher's. */
  readonly events: readonly string[];
}

const STREAM = /^EVT_(\w+)$/;

/** A durable is named <listener>-<publisher>; a subject is evt.v1.<tenant>.<service>.<Event>. */
export async function listenersOf(manager: JetStreamManager): Promise<Listener[]> {
  const found: Listener[] = [];
  for (const stream of await manager.streams.names().next()) {
    const publisher = STREAM.exec(stream)?.[1]?.toLowerCase();
    if (publisher === undefined) continue;
    for (const { name, config } of await manager.consumers.list(stream).next()) {
      const filters = [...(config.filter_subjects ?? []), ...(config.filter_subject ? [config.filter_subject] : [])];
      const events = filters.map((subject) => subject.split(".")[4] ?? "").filter((event) => event !== "*");
      found.push({ consumer: name, publisher, listener: name.split("-")[0] ?? "", events });
    }
  }
  return found;
}

export interface Missing extends Listener {
  readonly committed: number;
  readonly missing: number;
}

/** For each listener, how many committed events it should have heard, and how many of them it has not. */
export async function missingEvents(client: Client, listeners: readonly Listener[]): Promise<Missing[]> {
  const result: Missing[] = [];
  for (const each of listeners) {
    const { rows } = await client.query<{ committed: number; missing: number }>(
      `select count(*)::int as committed, count(*) filter (where i.event_id is null)::int as missing
       from ${eventsOf(each.publisher)} o
       left join ${each.listener}.inbox i on i.consumer = $1 and i.event_id = o.id
       where cardinality($2::text[]) = 0 or split_part(o.type, '.', 4) = any($2)`,
      [each.consumer, each.events],
    );
    result.push({ ...each, committed: rows[0]?.committed ?? 0, missing: rows[0]?.missing ?? 0 });
  }
  return result;
}

export const everyEventHeard = (missing: readonly Missing[]): Finding =>
  finding(
    "every committed event was heard by everyone who listens to it",
    missing.reduce((sum, { committed }) => sum + committed, 0),
    missing
      .filter((each) => each.missing > 0)
      .map((each) => `${each.consumer} has not heard ${each.missing} of ${each.committed} events of ${each.publisher}`),
  );
