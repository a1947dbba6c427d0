import { sql } from "kysely";
import type { InventoryDatabase } from "./schema.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RESULT_MS = 7 * DAY_MS;

/** What goes by its age alone: a table, the column that tells the age, and how long a row is kept, in milliseconds. */
const agesOf = (historyMs: number): readonly (readonly [table: string, column: string, keptMs: number])[] => [
  ["query_results", "received_at", RESULT_MS],
  ["query_lines", "last_at", RESULT_MS],
  ["status_logs", "received_at", DAY_MS],
  // Much longer than a replica believes what it read of a host.
  ["work_changes", "changed_at", HOUR_MS],
  ["fact_history", "until", historyMs],
  ["software_changes", "seen_at", historyMs],
  ["device_count_history", "at", historyMs],
];
const LIVE_QUERY_MS = 30 * DAY_MS;
/** How many rows go in one transaction, so that no lock is held long. */
const BATCH = 5_000;

/** Removes what is older than it is kept. */
export async function sweepOld(database: InventoryDatabase, now: Date, historyMs: number): Promise<void> {
  const before = (keptMs: number) => new Date(now.getTime() - keptMs);
  for (const [table, column, keptMs] of agesOf(historyMs)) {
    const remove = () =>
      database.system(async (work) => {
        const { numAffectedRows } = await sql`
          delete from ${sql.table(table)} where ctid = any(array(
            select ctid from ${sql.table(table)} where ${sql.ref(column)} < ${before(keptMs)}
            limit ${BATCH} for update skip locked))`.execute(work.sql);
        return numAffectedRows;
      });
    while ((await remove()) === BigInt(BATCH));
  }
  await database.system((work) =>
    sql`
      with ended as (
        delete from live_queries where state <> 'running' and ended_at < ${before(LIVE_QUERY_MS)} returning tenant, id)
      delete from live_targets t using ended e where t.tenant = e.tenant and t.query_id = e.id`.execute(work.sql),
  );
}
