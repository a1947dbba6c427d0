import type {
  EventCountAt,
  ListEventCountHistoryRequest,
} from "@muster/contracts/gen/muster/notification/v1/activity_service";
import { bucketsOf, historySpan } from "@muster/host/history-span";
import { sql, type Transaction } from "kysely";
import type { NotificationTables } from "./tables.ts";

interface Reached {
  at: Date;
  /** How many records there were by then. */
  number: string;
  /** When the oldest record that is kept was sealed. */
  first_at: Date;
}

/**
 * How many events there were in each hour or day. Nothing is counted: the audit trail numbers all events without a gap in the
 * order in which it takes them, so it is enough to find at which number it was at each time. That is a search by halves for
 * all times at once, a look for each at some thirty records, be there thousands of them or billions.
 */
export async function listEventCounts(
  db: Transaction<NotificationTables>,
  tenant: string,
  request: ListEventCountHistoryRequest,
  now: Date,
): Promise<EventCountAt[]> {
  const times = bucketsOf(historySpan(request, now));
  const { rows } = await sql<Reached>`
    with recursive chain as (
      select c.begins_after, c.number, r.sealed_at as first_at from audit_chains c
      join audit_records r on r.tenant = c.tenant and r.number = c.begins_after + 1
      where c.tenant = ${tenant}
    ), search (at, low, high) as (
      -- Record low was sealed before that time, record high + 1 was not.
      select t.at, chain.begins_after, chain.number from chain, unnest(${times}::timestamptz[]) t (at)
      union all
      select s.at, case when r.sealed_at < s.at then r.number else s.low end,
        case when r.sealed_at < s.at then s.high else r.number - 1 end
      -- The limit keeps it at a look in the index for each: how few there are is nothing that the planner knows.
      from search s, lateral (select number, sealed_at from audit_records
        where tenant = ${tenant} and number = (s.low + s.high + 1) / 2 limit 1) r
      where s.low < s.high
    )
    select s.at, s.low as number, chain.first_at from search s, chain where s.low = s.high order by s.at`.execute(db);
  return rows.flatMap(({ at, number, first_at }, index) => {
    const until = rows[index + 1];
    if (until === undefined || until.at <= first_at) return [];
    return [{ at, until: until.at, count: Number(until.number) - Number(number) }];
  });
}
