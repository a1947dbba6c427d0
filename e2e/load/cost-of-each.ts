import { Client } from "pg";
import type { Measurements } from "./load-report.ts";
import { spentBy } from "./process-usage.ts";

export interface CostTarget {
  /** The processes whose cost is told. */
  readonly pids: Readonly<Record<string, number>>;
  readonly databaseUrl: string;
}

/**
 * Does so many of something, and adds what each cost every service and how many rows Postgres read for it. The rows tell what no time
 * does on a fast machine: that a look-up reads more than what it is for.
 * @param work - answers with how many it did.
 */
export async function addCostOfEach(
  { databaseUrl, pids }: CostTarget,
  name: string,
  measurements: Measurements,
  work: () => Promise<number>,
): Promise<void> {
  const [rows, spent] = [await rowsRead(databaseUrl), await spentBy(pids)];
  const count = await work();
  for (const [service, seconds] of await spentBy(pids))
    measurements.add(`${service}.us_each_${name}`, ((seconds - (spent.get(service) ?? 0)) / count) * 1e6, "µs");
  measurements.add(`postgres.rows_each_${name}`, ((await rowsRead(databaseUrl)) - rows) / count, "rows");
}

/** Rows of tables read one after another, and entries of indexes, by all connections so far; each tells of them once a second. */
async function rowsRead(databaseUrl: string): Promise<number> {
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    const { rows } = await database.query<{ read: number }>(
      "select tup_returned::float8 as read from pg_stat_database where datname = current_database()",
    );
    return rows[0]?.read ?? 0;
  } finally {
    await database.end();
  }
}
