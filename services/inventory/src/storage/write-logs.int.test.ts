import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { sql } from "kysely";
import type { ResultLine } from "../domain/osquery-log.ts";
import type { Schema } from "./schema.ts";
import { sweepOld } from "./sweep-old.ts";
import { writeLogs } from "./write-logs.ts";

const DAY_MS = 86_400_000;
const HISTORY_MS = 400 * DAY_MS;

describe("logged lines", () => {
  let test: TestDatabase<Schema>;

  before(async () => {
    test = await startTestDatabase<Schema>("inventory", join(import.meta.dirname, "../../migrations"));
  });
  after(() => test.stop());

  const linesOf = (name: string, from: number, count: number): ResultLine[] =>
    Array.from({ length: count }, (_, index) => ({
      name,
      action: "snapshot",
      rows: [{ n: String(from + index) }],
      ranAt: new Date(),
    }));
  const write = (deviceId: string, ...lines: ResultLine[]) =>
    writeLogs(test.database, [{ tenant: "acme", deviceId, at: new Date(), log: { kind: "result", lines } }]);
  const kept = (deviceId: string, name: string) =>
    test.database.system(async (work) => {
      const { rows } = await sql<{ n: string }>`
        select rows -> 0 ->> 'n' as n from query_results where device_id = ${deviceId} and name = ${name} order by id`.execute(
        work.sql,
      );
      return rows.map(({ n }) => Number(n));
    });

  it("are never more than a thousand of one query of one device, and those are the newest", async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    await write(one, ...linesOf("users", 0, 990), ...linesOf("ports", 0, 3));
    await write(other, ...linesOf("users", 0, 5));
    await write(one, ...linesOf("users", 990, 25));
    const users = await kept(one, "users");
    assert.deepEqual([users.length, users[0], users.at(-1)], [1_000, 15, 1_014]);
    await write(one, ...linesOf("users", 1_015, 2_500));
    const later = await kept(one, "users");
    assert.deepEqual([later.length, later[0], later.at(-1)], [1_000, 2_515, 3_514]);
    assert.equal((await kept(one, "ports")).length, 3);
    assert.equal((await kept(other, "users")).length, 5);
  });

  it("hold to that when several write at once", async () => {
    const device = randomUUID();
    await Promise.all(Array.from({ length: 8 }, (_, part) => write(device, ...linesOf("users", part * 300, 300))));
    assert.equal((await kept(device, "users")).length, 1_000);
  });

  it("go by their age, as do changes of software, and what is younger stays", async () => {
    const [old, young] = [randomUUID(), randomUUID()];
    await write(old, ...linesOf("users", 0, 2));
    await write(young, ...linesOf("users", 0, 2));
    await test.database.system(async (work) => {
      await sql`update query_results set received_at = now() - interval '8 days' where device_id = ${old}`.execute(
        work.sql,
      );
      await sql`update query_lines set last_at = now() - interval '8 days' where device_id = ${old}`.execute(work.sql);
      await sql`
        insert into software_changes (tenant, device_id, source, software_id, installed, seen_at)
        select 'acme', ${young}, 'deb', n, true, now() - case when n <= 6000 then interval '401 days' else interval '399 days' end
        from generate_series(1, 6010) n`.execute(work.sql);
    });
    await sweepOld(test.database, new Date(), HISTORY_MS);
    assert.deepEqual([(await kept(old, "users")).length, (await kept(young, "users")).length], [0, 2]);
    const counts = await test.database.system(async (work) => {
      const { rows } = await sql<{ changes: number; lines: number }>`
        select (select count(*)::int from software_changes) as changes,
          (select count(*)::int from query_lines where device_id = ${old}) as lines`.execute(work.sql);
      return rows[0];
    });
    assert.deepEqual(counts, { changes: 10, lines: 0 });
    await write(old, ...linesOf("users", 0, 1));
    assert.equal((await kept(old, "users")).length, 1);
  });
});
