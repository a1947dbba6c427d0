import { sql } from "kysely";
import type { LiveAnswer } from "../domain/observe.ts";
import { emitLiveQueryEnded, type LiveQueryRow } from "./live-query-row.ts";
import { column, type DeviceKey, type InventoryWork } from "./schema.ts";

export interface NewLiveAnswer extends DeviceKey {
  readonly live: LiveAnswer;
  readonly at: Date;
}

export interface LiveQueryKey {
  readonly tenant: string;
  readonly id: string;
}

/**
 * Keeps answers to live queries that still run, numbers them in the order of commits, and ends the queries that are
 * answered by all. A query's row is locked from the numbering to the commit: that makes the numbers gapless for readers.
 */
export async function writeLiveAnswers(
  work: InventoryWork,
  answers: readonly NewLiveAnswer[],
): Promise<LiveQueryKey[]> {
  if (answers.length === 0) return [];
  const queryIds = answers.map(({ live }) => live.queryId);
  await sql`
    select 1 from live_queries where (tenant, id) in (
      select * from unnest(${column(answers, "tenant")}::text[], ${queryIds}::uuid[]))
    order by tenant, id for update`.execute(work.sql);
  const { rows } = await sql<LiveQueryRow>`
    with new as (
      select * from unnest(${column(answers, "tenant")}::text[], ${queryIds}::uuid[], ${column(answers, "deviceId")}::uuid[],
        ${answers.map(({ live }) => JSON.stringify(live.rows))}::jsonb[], ${answers.map(({ live }) => live.error)}::text[],
        ${answers.map(({ live }) => live.truncated)}::boolean[], ${column(answers, "at")}::timestamptz[])
        as n (tenant, query_id, device_id, rows, error, truncated, at)),
    numbered as (
      select new.*, q.answered + row_number() over (partition by new.tenant, new.query_id) as answer_no
      from new
      join live_queries q on q.tenant = new.tenant and q.id = new.query_id and q.state = 'running'
      join live_targets l on l.tenant = new.tenant and l.query_id = new.query_id and l.device_id = new.device_id
        and l.answered_at is null),
    kept as (
      update live_targets l set rows = n.rows, error = n.error, truncated = n.truncated, answered_at = n.at,
        answer_no = n.answer_no
      from numbered n where l.tenant = n.tenant and l.query_id = n.query_id and l.device_id = n.device_id
      returning l.tenant, l.query_id, l.error, l.answered_at),
    counts as (
      select tenant, query_id, count(*) as answered, count(*) filter (where error <> '') as failed, max(answered_at) as at
      from kept group by 1, 2)
    update live_queries q set answered = q.answered + c.answered, failed = q.failed + c.failed,
      state = case when q.answered + c.answered >= q.targets then 'completed' else q.state end,
      ended_at = case when q.answered + c.answered >= q.targets then c.at end
    from counts c where q.tenant = c.tenant and q.id = c.query_id
    returning q.*`.execute(work.sql);
  for (const row of rows) if (row.state !== "running") emitLiveQueryEnded(work, row);
  return rows.map(({ tenant, id }) => ({ tenant, id }));
}
