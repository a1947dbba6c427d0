import { eventually } from "@muster/testkit/eventually";
import type { GatewayProcess } from "@muster/testkit/gateway-process";
import { sql } from "kysely";
import type { GatewayTables } from "../storage/tables.ts";

type Database = Pick<GatewayProcess<GatewayTables>, "database">;

/** Holds all rows of a table until `meanwhile` is done. */
export const whileHeld = (
  { database: { database } }: Database,
  table: keyof GatewayTables,
  meanwhile: () => Promise<void>,
): Promise<void> =>
  database.system(async (work) => {
    await sql`select from ${sql.table(table)} for update`.execute(work.sql);
    await meanwhile();
  });

/** Done when so many connections of this database wait for a lock; the server has other tests' databases too. */
export const lockAwaited = ({ database: { pool } }: Database, count: number): Promise<true> =>
  eventually(`${count} to wait for a lock`, async () => {
    const { rows } = await pool.query(
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    return rows.length === count ? true : undefined;
  });
