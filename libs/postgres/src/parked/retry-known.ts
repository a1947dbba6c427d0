import { events } from "@muster/contracts/gen/events";
import { sql } from "kysely";
import { UNKNOWN_TYPE } from "../hearing/heard-event.ts";
import type { Work } from "../service-database.ts";

const KNOWN = Object.keys(events);

/**
 * Puts the dead letters of a consumer back into their queues, due at once, whose type an earlier release did not know and this
 * one does: both serve during an upgrade, and either may be given what is new. Returns how many.
 */
export async function retryKnown<DB>({ sql: db }: Pick<Work<DB>, "sql">, consumer: string): Promise<number> {
  // In one statement: what becomes a dead letter meanwhile has no queue here. The queues first, as everybody does who holds them.
  const { rows } = await sql`
    with known as (
      select tenant, queue, event_id from parked_events where consumer = ${consumer} and state = 'dead'
        and type = any(${KNOWN}::text[]) and starts_with(reason, ${UNKNOWN_TYPE})),
    queues as (
      insert into parked_devices (consumer, tenant, queue, next_try_at)
      select ${consumer}, tenant, queue, now() from known group by tenant, queue order by tenant, queue
      on conflict (tenant, consumer, queue) do update set next_try_at = excluded.next_try_at returning tenant, queue)
    update parked_events e set state = 'parked' from known k join queues q using (tenant, queue)
    where e.consumer = ${consumer} and e.tenant = k.tenant and e.event_id = k.event_id and e.state = 'dead'
    returning 1`.execute(db);
  return rows.length;
}
