import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import { sql } from "kysely";
import { Pool } from "pg";
import { poolName } from "./pool-name.ts";
import { ServiceDatabase } from "./service-database.ts";

export interface PoolOptions {
  readonly url: string;
  readonly schema: string;
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
  readonly max?: number;
}

/** The connections of one service; every statement runs in its schema and has an end. */
export function openPool({ url, schema, log, lifecycle, max = 12 }: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: url,
    max,
    application_name: poolName(schema),
    // Compiling takes longer than any statement that is meant to end, and is begun where few rows are thought to be many.
    options: `-c search_path=${schema} -c jit=off`,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  // A connection that breaks is made anew when it is needed, and whoever used it learns of it from the query. But each has
  // to be listened to, in use as well as idle: an error that nobody hears ends the process.
  pool.on("connect", (client) => {
    client.on("error", (error) => log.warn({ reason: error.message }, "database connection broke"));
  });
  pool.on("error", () => undefined);
  lifecycle.add("postgres", () => pool.end());
  lifecycle.probe("postgres", () => new ServiceDatabase(pool).system((work) => sql`select 1`.execute(work.sql)));
  return pool;
}
