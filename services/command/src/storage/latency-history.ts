import type {
  CommandLatencyAt,
  ListCommandLatencyHistoryRequest,
} from "@muster/contracts/gen/muster/command/v1/command_service";
import { historySpan } from "@muster/host/history-span";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import { sql, type Transaction } from "kysely";
import { CLASS_RATIO, type LatencyClass, percentile } from "../domain/latency-classes.ts";
import type { CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

/** An end is noted before it is committed; nobody takes that long in between. */
const SETTLED_MS = 10_000;
const KEPT_MS = 400 * 24 * 3_600_000;

/** Adds what ended since the last time, an hour's commands in a transaction, however many replicas try it at once. */
export async function countLatency(database: ServiceDatabase<CommandDatabase>, now: Date): Promise<void> {
  const settled = new Date(now.getTime() - SETTLED_MS);
  while (await database.system(({ sql: db }) => countNext(db, settled)));
  await database.system(({ sql: db }) =>
    sql`delete from command_latency where at < ${new Date(now.getTime() - KEPT_MS)}`.execute(db),
  );
}

/** Counts on from where the last transaction stopped; returns whether something may be left. */
async function countNext(db: Sql, settled: Date): Promise<boolean> {
  // A statement of its own: whoever gets the lock must see how far its last holder came, and a statement sees what had been
  // committed as it began.
  const lock = await sql<{ held: boolean }>`
    select pg_try_advisory_xact_lock('command_latency_cursor'::regclass::oid::bigint) as held`.execute(db);
  if (lock.rows[0]?.held !== true) return false;
  const { rows } = await sql<{ begins: Date; ends: Date }>`
    select c.ended_at as begins, least(date_trunc('hour', c.ended_at, 'UTC') + interval '1 hour', ${settled}::timestamptz) as ends
    from command_latency_cursor cursor,
    lateral (select ended_at from commands where ended_at >= cursor.ended_before and ended_at < ${settled}
      order by ended_at limit 1) c`.execute(db);
  const [next] = rows;
  if (next === undefined) return false;
  await sql`
    insert into command_latency as l (tenant, at, class, commands)
    select tenant, date_trunc('hour', ${next.begins}::timestamptz, 'UTC'),
      floor(ln(greatest(extract(epoch from ended_at - created_at) * 1000, 1)) / ln(${CLASS_RATIO}::float8)), count(*)
    from commands
    where ended_at >= ${next.begins} and ended_at < ${next.ends} and state in ('acknowledged', 'failed')
      and failure is distinct from 'result_missing'
    group by 1, 3
    on conflict (tenant, at, class) do update set commands = l.commands + excluded.commands`.execute(db);
  await sql`update command_latency_cursor set ended_before = ${next.ends}`.execute(db);
  return true;
}

/** The hours or days in which devices answered, the oldest first. */
export async function listLatencyHistory(
  db: Sql,
  tenant: string,
  request: ListCommandLatencyHistoryRequest,
  now: Date,
): Promise<CommandLatencyAt[]> {
  const { start, end, unit } = historySpan(request, now);
  const { rows } = await sql<{ at: Date; classes: LatencyClass[] }>`
    select at, json_agg(json_build_object('class', class, 'commands', commands) order by class) as classes
    from (
      select date_trunc(${unit}, at, 'UTC') as at, class, sum(commands) as commands from command_latency
      where tenant = ${tenant} and at >= ${start} and at <= ${end} group by 1, 2
    ) by_class group by at order by at`.execute(db);
  return rows.map(({ at, classes }) => ({
    at,
    answeredCount: classes.reduce((total, { commands }) => total + commands, 0),
    medianMs: percentile(classes, 0.5),
    p95Ms: percentile(classes, 0.95),
  }));
}
