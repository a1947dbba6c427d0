import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import { Pool } from "pg";

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
    application_name: `muster-${schema}`,
    options: `-c search_path=${schema}`,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  // An idle connection that breaks is dropped by the pool and a new one made when it is needed.
  pool.on("error", (error) => log.warn({ reason: error.message }, "idle database connection broke"));
  lifecycle.add("postgres", () => pool.end());
  return pool;
}
