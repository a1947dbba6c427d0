import type { ConsumerHealth } from "@muster/contracts/gen/muster/backbone/v1/backbone_service";
import { CONSUMERS, type ConsumerName } from "@muster/eventbus/streams";
import { sql } from "kysely";
import type { Work } from "../service-database.ts";
import { listenerOf } from "./parked-id.ts";

interface Row {
  readonly consumer: string;
  readonly behind: number | null;
  readonly oldest_unheard: Date | null;
  readonly gaps_found: string | null;
  readonly repaired: string | null;
  readonly unknown: number | null;
  readonly compared_at: Date | null;
  readonly problem: string | null;
  readonly parked_devices: number;
  readonly parked_events: number;
  readonly dead_letters: number;
}

/** How each consumer of a service stands, over all tenants. */
export async function consumerHealth<DB>(work: Work<DB>, service: string): Promise<ConsumerHealth[]> {
  const names = (Object.keys(CONSUMERS) as ConsumerName[]).filter((name) => listenerOf(name) === service).sort();
  const { rows } = await sql<Row>`
    select n.consumer, c.behind, c.oldest_unheard, c.gaps_found, c.repaired, c.unknown, c.compared_at, c.problem,
      (select count(*)::int from parked_devices d where d.consumer = n.consumer) as parked_devices,
      (select count(*)::int from parked_events e where e.consumer = n.consumer and e.state = 'parked') as parked_events,
      (select count(*)::int from parked_events e where e.consumer = n.consumer and e.state = 'dead') as dead_letters
    from unnest(${names}::text[]) as n (consumer) left join comparisons c on c.consumer = n.consumer
    order by n.consumer`.execute(work.sql);
  return rows.map((row) => ({
    consumer: row.consumer,
    service,
    publisher: CONSUMERS[row.consumer as ConsumerName].stream,
    behind: row.behind ?? 0,
    oldestUnheard: row.oldest_unheard ?? undefined,
    gapsFound: Number(row.gaps_found ?? 0),
    repaired: Number(row.repaired ?? 0),
    unknown: row.unknown ?? 0,
    comparedAt: row.compared_at ?? undefined,
    problem: row.problem ?? "",
    parkedDevices: row.parked_devices,
    parkedEvents: row.parked_events,
    deadLetters: row.dead_letters,
  }));
}
