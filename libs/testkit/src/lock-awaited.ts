import type { Pool } from "pg";
import { eventually } from "./eventually.ts";

/** Done when so many connections of this database wait for a lock; the server has other tests' databases too. */
export const lockAwaited = (pool: Pool, count: number): Promise<true> =>
  eventually(`${count} to wait for a lock`, async () => {
    const { rows } = await pool.query(
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    return rows.length === count ? true : undefined;
  });
