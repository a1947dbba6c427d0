import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { sql } from "kysely";
import type { Work } from "./service-database.ts";
import { sharingTransactions } from "./shared-transactions.ts";

const MIGRATIONS = join(import.meta.dirname, "../../../services/policy/migrations");

type Tables = Record<"notes", { name: string; transaction: string }>;

describe("work that shares a transaction", () => {
  let server: TestDatabase<Tables>;
  let begun: string[];
  let shared: Pick<TestDatabase<Tables>["database"], "tenant">;

  before(async () => {
    server = await startTestDatabase("policy", MIGRATIONS);
    await server.asOwner(`create table policy.notes (
      name text primary key, transaction text not null,
      fellow text references policy.notes (name) deferrable initially deferred);
      grant all on policy.notes to muster_policy`);
    shared = sharingTransactions(server.database, async (_work, tenant) => void begun.push(tenant));
  });
  after(() => server.stop());

  const note =
    (name: string) =>
    async (work: Work<Tables>): Promise<string> => {
      const { rows } = await sql<{ transaction: string }>`
        insert into notes (name, transaction) values (${name}, pg_current_xact_id()::text) returning transaction`.execute(
        work.sql,
      );
      return rows[0]?.transaction ?? "";
    };
  const noted = async (): Promise<string[]> => {
    const { rows } = await server.pool.query<{ name: string }>("delete from notes returning name");
    return rows.map(({ name }) => name).toSorted();
  };

  it("is what comes at the same time of one tenant, begun once", async () => {
    begun = [];
    const [one, two, other] = await Promise.all([
      shared.tenant("acme", note("one")),
      shared.tenant("acme", note("two")),
      shared.tenant("other", note("other")),
    ]);
    assert.equal(one, two);
    assert.notEqual(one, other);
    assert.deepEqual(begun.toSorted(), ["acme", "other"]);
    assert.deepEqual(await noted(), ["one", "other", "two"]);
  });

  it("is done without what fails, which alone is told so", async () => {
    begun = [];
    const outcomes = await Promise.allSettled(
      ["a", "b", "a", "c", "b"].map((name) => shared.tenant("acme", note(name))),
    );
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["fulfilled", "fulfilled", "rejected", "fulfilled", "rejected"],
    );
    assert.deepEqual(await noted(), ["a", "b", "c"]);
    assert.equal(begun.length, 3);
  });

  it("fails as a whole when it cannot begin or cannot be committed", async () => {
    const unable = sharingTransactions(server.database, () => Promise.reject(new Error("no lock")));
    const both = await Promise.allSettled([unable.tenant("acme", note("x")), unable.tenant("acme", note("y"))]);
    assert.ok(both.every((each) => each.status === "rejected" && /no lock/.test(String(each.reason))));
    const lonely = async (work: Work<Tables>) => {
      await sql`insert into notes values ('lonely', '', 'nobody')`.execute(work.sql);
    };
    const late = await Promise.allSettled([shared.tenant("acme", note("z")), shared.tenant("acme", lonely)]);
    assert.ok(late.every((each) => each.status === "rejected" && /foreign key/.test(String(each.reason))));
    assert.deepEqual(await noted(), []);
  });

  it("ends a long transaction early, and goes on in the next", async () => {
    begun = [];
    const slow = async (work: Work<Tables>) => {
      await sql`select pg_sleep(0.06)`.execute(work.sql);
      return note("slow")(work);
    };
    const [one, two] = await Promise.all([shared.tenant("acme", slow), shared.tenant("acme", note("after"))]);
    assert.notEqual(one, two);
    assert.equal(begun.length, 2);
    assert.deepEqual(await noted(), ["after", "slow"]);
  });
});
