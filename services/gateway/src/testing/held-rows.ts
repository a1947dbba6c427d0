import type { GatewayProcess } from "@muster/testkit/gateway-process";
import { sql } from "kysely";
import type { GatewayTables } from "../storage/tables.ts";

/** Holds all rows of a table until `meanwhile` is done. */
export const whileHeld = (
  { database: { database } }: GatewayProcess<GatewayTables>,
  table: keyof GatewayTables,
  meanwhile: () => Promise<void>,
): Promise<void> =>
  database.system(async (work) => {
    await sql`select from ${sql.table(table)} for update`.execute(work.sql);
    await meanwhile();
  });
