import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { sql } from "kysely";
import type { ServiceDatabase } from "./service-database.ts";

const MIGRATIONS = join(import.meta.dirname, "../../../services/policy/migrations");

describe("a transaction", () => {
  let server: TestDatabase<unknown>;

  before(async () => {
    server = await startTestDatabase("policy", MIGRATIONS);
  });
  after(() => server.stop());

  const tenantIn = (database: ServiceDatabase<unknown>, tenant: string): Promise<string | undefined> =>
    database.tenant(tenant, async (work) => {
      const { rows } = await sql<{ tenant: string }>`select current_setting('muster.tenant') as tenant`.execute(
        work.sql,
      );
      return rows[0]?.tenant;
    });

  it("is of the tenant that is named, whatever letters its name has", async () => {
    for (const tenant of ["acme", "*", "a'b", "a\\'b", "'; drop table devices; --", "$1", "zürich"]) {
      assert.equal(await tenantIn(server.database, tenant), tenant);
    }
  });

  it("leaves nothing of its tenant on the connection", async () => {
    await tenantIn(server.database, "acme");
    await assert.rejects(
      server.database.tenant("acme", () => Promise.reject(new Error("the work fails"))),
      /the work fails/,
    );
    const { rows } = await server.pool.query<{ tenant: string | null }>(
      "select nullif(current_setting('muster.tenant', true), '') as tenant",
    );
    assert.equal(rows[0]?.tenant, null);
  });

  it("that cannot begin says why, and its connection serves the next", async () => {
    // Sent as it is, a zero byte ends the statement's text early, which Postgres refuses.
    await assert.rejects(tenantIn(server.database, "a\u0000b"));
    assert.equal(await tenantIn(server.database, "acme"), "acme");
  });

  it("has done what is for afterwards when it has committed, once, however often it ran", async () => {
    const done: number[] = [];
    let attempts = 0;
    await server.database.tenant("acme", async (work) => {
      const attempt = ++attempts;
      work.afterCommit(() => done.push(attempt));
      if (attempt === 1)
        await sql`do $$ begin raise exception 'it lost' using errcode = 'serialization_failure'; end $$`.execute(
          work.sql,
        );
      assert.deepEqual(done, []);
    });
    assert.deepEqual(done, [2]);
    await assert.rejects(
      server.database.tenant("acme", async (work) => {
        work.afterCommit(() => done.push(3));
        throw new Error("the work fails");
      }),
    );
    assert.deepEqual(done, [2]);
  });
});

describe("transactions that commit together", () => {
  let server: TestDatabase<unknown>;

  before(async () => {
    server = await startTestDatabase("policy", MIGRATIONS);
    await server.asOwner(
      `create table policy.notes (text text primary key); grant all on policy.notes to muster_policy`,
    );
  });
  after(() => server.stop());

  type Write = Parameters<typeof server.database.tenant>[1];
  const writing =
    (text: string, then: () => Promise<void> = async () => undefined): Write =>
    async (work) => {
      await sql`insert into notes values (${text})`.execute(work.sql);
      await then();
      return text;
    };
  const written = async (): Promise<string[]> => {
    const { rows } = await server.pool.query<{ text: string }>("select text from notes order by 1");
    return rows.map(({ text }) => text);
  };

  it("are seen when all of them have done their work", async () => {
    const others = Promise.withResolvers<void>();
    const ends = server.database.together("acme", [writing("one"), writing("two", () => others.promise)]);
    await server.database.tenant("acme", async () => assert.deepEqual(await written(), []));
    others.resolve();
    assert.deepEqual(
      (await ends).map(({ status }) => status),
      ["fulfilled", "fulfilled"],
    );
    assert.deepEqual(await written(), ["one", "two"]);
  });

  it("leave nothing when one of them fails, and say of each why", async () => {
    const cause = new Error("the work fails");
    const ends = await server.database.together("acme", [
      writing("three"),
      writing("four", () => Promise.reject(cause)),
    ]);
    assert.deepEqual(
      ends.map((end) => end.status === "rejected" && end.reason),
      [cause, cause],
    );
    assert.deepEqual(await written(), ["one", "two"]);
  });

  it("do not wait for ever for each other, nor do several such at once", async () => {
    const again = () => server.database.together("acme", [writing("five"), writing("five")]);
    for (const ends of await Promise.all([again(), again()]))
      assert.deepEqual(
        ends.map((end) => end.status === "rejected" && (end.reason as { code?: string }).code),
        ["55P03", "55P03"],
      );
    assert.deepEqual(await written(), ["one", "two"]);
  });
});
