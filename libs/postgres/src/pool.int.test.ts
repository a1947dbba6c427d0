import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { openPool } from "./pool.ts";

const MIGRATIONS = join(import.meta.dirname, "../../../services/policy/migrations");

describe("the connections of a service", () => {
  let server: TestDatabase<unknown>;

  before(async () => {
    server = await startTestDatabase("policy", MIGRATIONS);
  });
  after(() => server.stop());

  it("may be cut while in use: the work fails, the process lives, the next work gets a new one", async () => {
    const lifecycle = new Lifecycle(createLogger("test", "silent"));
    const pool = openPool({ url: server.url, schema: "policy", log: createLogger("test", "silent"), lifecycle });
    try {
      const client = await pool.connect();
      const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
      // While no query is under way nobody but the pool's own listener hears of the end.
      const cut = new Promise((resolve) => void client.once("end", resolve));
      await pool.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
      await cut;
      await assert.rejects(client.query("select 1"));
      client.release(true);
      assert.equal((await pool.query("select 1 as one")).rows.length, 1);
    } finally {
      await pool.end();
    }
  });
});
