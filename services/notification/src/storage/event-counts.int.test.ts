import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ListEventCountHistoryRequest } from "@muster/contracts/gen/muster/notification/v1/activity_service";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { sql } from "kysely";
import { listEventCounts } from "./event-counts.ts";
import type { NotificationTables } from "./tables.ts";

const NOON = new Date("2026-03-10T12:20:00Z");
const at = (minutes: number) => new Date(NOON.getTime() + minutes * 60_000);

describe("how many events there were", () => {
  let test: TestDatabase<NotificationTables>;

  before(async () => {
    test = await startTestDatabase<NotificationTables>("notification", join(import.meta.dirname, "../../migrations"));
  });
  after(() => test.stop());

  /** A chain whose first records are gone, and whose others were sealed at these minutes before or after noon. */
  const chain = (tenant: string, beginsAfter: number, minutes: readonly number[]) =>
    test.database.system(async ({ sql: db }) => {
      await sql`insert into audit_chains (tenant, number, hash, begins_after)
        values (${tenant}, ${beginsAfter + minutes.length}, '', ${beginsAfter})`.execute(db);
      await sql`
        insert into audit_records (tenant, number, sealed_at, content, content_hash, previous_hash, hash, type, time, actor,
          device_id, action, outcome)
        select ${tenant}, ${beginsAfter} + n, at, '', '', '', '', '', at, '', '', '', ''
        from unnest(${minutes.map(at)}::timestamptz[]) with ordinality t (at, n)`.execute(db);
    });
  const history = async (tenant: string, request: Partial<ListEventCountHistoryRequest>) => {
    const asked = ListEventCountHistoryRequest.fromPartial(request);
    const counts = await test.database.tenant(tenant, ({ sql: db }) => listEventCounts(db, tenant, asked, NOON));
    return counts.map(
      ({ at: from, until, count }) =>
        [from, until].map((time) => time?.toISOString().slice(8, 16)).join(" ") + ` ${count}`,
    );
  };

  it("is told from the first that is kept, hour by hour and of each tenant alone", async () => {
    await chain("acme", 7_000, [-200, -199, -80, -79, -78, -20, -3, -2]);
    await chain("other", 0, [-1]);
    assert.deepEqual(await history("acme", { since: at(-300) }), [
      "10T09:00 10T10:00 2",
      "10T10:00 10T11:00 0",
      "10T11:00 10T12:00 3",
      "10T12:00 10T12:20 3",
    ]);
    assert.deepEqual(await history("other", { since: at(-30) }), ["10T12:00 10T12:20 1"]);
    assert.deepEqual(await history("nobody", {}), []);
  });

  it("is told day by day over a long span", async () => {
    assert.deepEqual(await history("acme", { since: at(-60 * 24 * 20) }), ["10T00:00 10T12:20 8"]);
  });
});
