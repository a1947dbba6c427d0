import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ListCommandLatencyHistoryRequest } from "@muster/contracts/gen/muster/command/v1/command_service";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { sql } from "kysely";
import { countLatency, listLatencyHistory } from "./latency-history.ts";
import type { CommandDatabase } from "./tables.ts";

const NOON = new Date("2026-03-10T12:20:00Z");
const at = (minutes: number) => new Date(NOON.getTime() + minutes * 60_000);

describe("the history of command latency", () => {
  let test: TestDatabase<CommandDatabase>;

  before(async () => {
    test = await startTestDatabase<CommandDatabase>("command", join(import.meta.dirname, "../../migrations"));
  });
  after(() => test.stop());

  /** Commands that ended then, after each of these times in seconds. */
  const ended = (
    endedAt: Date,
    seconds: readonly number[],
    { tenant = "acme", state = "acknowledged", failure = "" } = {},
  ) =>
    test.database.system((work) =>
      sql`
        insert into commands (tenant, device_id, id, type, state, created_by, reason, created_at, expires_at, due_at, ended_at, failure)
        select ${tenant}, gen_random_uuid(), gen_random_uuid(), 'restart', ${state}, 'ada', '',
          ${endedAt}::timestamptz - make_interval(secs => s), ${endedAt}, ${endedAt}, ${endedAt}, ${failure}
        from unnest(${[...seconds]}::float8[]) s`.execute(work.sql),
    );
  const history = (request: Partial<ListCommandLatencyHistoryRequest>, now: Date, tenant = "acme") =>
    test.database.tenant(tenant, (work) =>
      listLatencyHistory(work.sql, tenant, ListCommandLatencyHistoryRequest.fromPartial(request), now),
    );
  const counts = async (...asked: Parameters<typeof history>) =>
    (await history(...asked)).map(({ at: time, answeredCount }) => [time?.toISOString().slice(0, 16), answeredCount]);

  it("counts each answer once, of each tenant alone, in the hour of its end", async () => {
    await ended(at(-90), [2, 2, 2, 60]);
    await ended(at(-5), [5], { state: "failed" });
    await ended(at(-5), [86_400], { state: "expired" });
    await ended(at(-5), [86_400], { state: "failed", failure: "result_missing" });
    await ended(at(-5), [1], { tenant: "other" });
    await countLatency(test.database, NOON);
    await ended(at(0), [7]);
    await countLatency(test.database, at(1));
    await countLatency(test.database, at(1));
    assert.deepEqual(await counts({}, at(1)), [
      ["2026-03-10T10:00", 4],
      ["2026-03-10T12:00", 2],
    ]);
    assert.deepEqual(await counts({}, at(1), "other"), [["2026-03-10T12:00", 1]]);
    const [first] = await history({}, at(1));
    assert.ok(first !== undefined && Math.abs(first.medianMs - 2_000) < 200, String(first?.medianMs));
    assert.ok(Math.abs(first.p95Ms - 60_000) < 6_000, String(first.p95Ms));
  });

  it("counts each answer once also when replicas count at the same moment", async () => {
    for (let minute = 2; minute < 32; minute++) {
      await ended(at(minute - 1), [1], { tenant: "replicas" });
      await Promise.all(Array.from({ length: 6 }, () => countLatency(test.database, at(minute))));
    }
    assert.deepEqual(await counts({}, at(32), "replicas"), [["2026-03-10T12:00", 30]]);
  });

  it("adds hours up to days over a long span, and forgets what is older than 400 days", async () => {
    assert.deepEqual(await counts({ since: at(-60 * 24 * 30) }, at(1)), [["2026-03-10T00:00", 6]]);
    await countLatency(test.database, at(60 * 24 * 401));
    assert.deepEqual(await counts({ since: at(-60 * 24), until: at(1) }, at(1)), []);
  });
});
