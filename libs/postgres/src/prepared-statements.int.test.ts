import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { sql } from "kysely";
import { PreparedStatements } from "./prepared-statements.ts";

const MIGRATIONS = join(import.meta.dirname, "../../../services/policy/migrations");
const OFTEN = 100;

describe("a statement over arrays", () => {
  let server: TestDatabase<unknown>;

  before(async () => {
    server = await startTestDatabase("policy", MIGRATIONS);
  });
  after(() => server.stop());

  const inboxOf = (consumers: readonly string[]) =>
    server.database.system(async (work) => {
      const { rows } = await sql<Record<string, unknown>>`
        select * from inbox where consumer = any(${consumers}::text[])`.execute(work.sql);
      return rows;
    });
  /** The statements that this connection of the service's pool has prepared. */
  const prepared = () =>
    server.database.system(async (work) => {
      const { rows } = await sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(work.sql);
      return rows.map(({ statement }) => statement.trim());
    });

  it("is prepared when it is run often, and answers as before", async () => {
    await server.asOwner(`insert into policy.inbox (consumer, event_id) values ('a', gen_random_uuid())`);
    for (let time = 1; time < OFTEN; time++) assert.equal((await inboxOf(["a", "b"])).length, 1);
    assert.deepEqual(await prepared(), []);
    for (let time = 0; time < 10; time++)
      assert.equal((await inboxOf(time % 2 === 0 ? ["a"] : ["b"])).length, 1 - (time % 2));
    assert.deepEqual(await prepared(), ["select * from inbox where consumer = any($1::text[])"]);
  });

  it("is prepared apart for the work of one tenant, whose plan may read the whole table", async () => {
    await server.asOwner("vacuum analyze policy.inbox");
    const look = sql`select event_id from inbox where consumer = any(${["a"]}::text[])`;
    for (let time = 0; time < OFTEN + 10; time++)
      await server.database.tenant("acme", ({ sql: db }) => look.execute(db));
    for (let time = 0; time < OFTEN + 10; time++) await server.database.system(({ sql: db }) => look.execute(db));
    const scans = await server.database.system(async ({ sql: db }) => {
      const scanned = async () => {
        const { rows } = await sql<{ scans: number }>`
          select seq_scan::int as scans from pg_stat_xact_user_tables where relid = 'policy.inbox'::regclass`.execute(
          db,
        );
        return rows[0]?.scans ?? 0;
      };
      const before = await scanned();
      await look.execute(db);
      return (await scanned()) - before;
    });
    assert.equal(scans, 0);
  });

  it("is run by those who have it prepared when a migration changes what it returns", async () => {
    await server.asOwner("alter table policy.inbox add column noted text not null default 'now'");
    assert.deepEqual(
      (await inboxOf(["a"])).map(({ noted }) => noted),
      ["now"],
    );
    for (let time = 0; time < OFTEN; time++) assert.equal((await inboxOf(["a"])).length, 1);
  });

  it("is planned anew when it works on many rows, and one without arrays is as well", () => {
    const statements = new PreparedStatements();
    const many = Array.from({ length: 1_001 }, () => "a");
    for (let time = 0; time < 2 * OFTEN; time++) {
      assert.equal(statements.nameOf("many", [many, ["a"]], 0), undefined);
      assert.equal(statements.nameOf("one", ["a"], 0), undefined);
    }
  });

  it("is counted for a minute, and only so many are prepared", () => {
    const statements = new PreparedStatements();
    const run = (text: string, times: number, atMs: number) => {
      for (let time = 1; time < times; time++) statements.nameOf(text, [[]], atMs);
      return statements.nameOf(text, [[]], atMs);
    };
    run("seldom", OFTEN - 1, 0);
    assert.equal(run("seldom", OFTEN - 1, 60_001), undefined);
    const names = Array.from({ length: 200 }, (_, each) => run(`often ${each}`, OFTEN, 60_002));
    assert.equal(new Set(names.filter((name) => name !== undefined)).size, 100);
    assert.equal(run("often 0", 1, 500_000), names[0]);
  });
});
