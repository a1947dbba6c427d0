import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ListDeviceCountHistoryRequest } from "@muster/contracts/gen/muster/inventory/v1/device_service";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { sql } from "kysely";
import { countThisHour, listCountHistory } from "./count-history.ts";
import type { Schema } from "./schema.ts";

const HOUR_MS = 3_600_000;
const NOON = new Date("2026-03-10T12:20:00Z");
const later = (hours: number) => new Date(NOON.getTime() + hours * HOUR_MS);

describe("the history of device counts", () => {
  let test: TestDatabase<Schema>;

  before(async () => {
    test = await startTestDatabase<Schema>("inventory", join(import.meta.dirname, "../../migrations"));
  });
  after(() => test.stop());

  const add = (tenant: string, osVersion: string, seenAt?: Date) =>
    test.database.system(async (work) => {
      const id = randomUUID();
      await sql`insert into devices (tenant, id, platform, os_name, os_version)
        values (${tenant}, ${id}, 'PLATFORM_LINUX', 'Debian', ${osVersion})`.execute(work.sql);
      if (seenAt !== undefined)
        await sql`insert into presence (tenant, device_id, last_seen_at) values (${tenant}, ${id}, ${seenAt})`.execute(
          work.sql,
        );
    });
  const history = (tenant: string, request: Partial<ListDeviceCountHistoryRequest>, now: Date) =>
    test.database.tenant(tenant, (work) =>
      listCountHistory(work, tenant, ListDeviceCountHistoryRequest.fromPartial(request), now),
    );

  it("has one count an hour, of each tenant alone, with who was online", async () => {
    await add("acme", "12", NOON);
    await add("acme", "13");
    await add("other", "13");
    await Promise.all([countThisHour(test.database, NOON), countThisHour(test.database, NOON)]);
    await add("acme", "13");
    await countThisHour(test.database, later(0.2));
    await countThisHour(test.database, later(1));
    const seen = await history("acme", {}, later(2));
    assert.deepEqual(
      seen.map(({ at, counts }) => [at?.toISOString(), counts.map(({ count, online }) => [count, online])]),
      [
        ["2026-03-10T12:00:00.000Z", [[2, 1]]],
        ["2026-03-10T13:00:00.000Z", [[3, 0]]],
      ],
    );
    const [first] = await history("acme", { byOs: true }, later(2));
    assert.deepEqual(
      first?.counts.map(({ osVersion, count }) => [osVersion, count]),
      [
        ["12", 1],
        ["13", 1],
      ],
    );
  });

  it("tells a long span day by day, by the last count of each day", async () => {
    await countThisHour(test.database, later(30));
    const seen = await history("acme", { since: later(-24 * 30) }, later(40));
    assert.deepEqual(
      seen.map(({ at }) => at?.toISOString()),
      ["2026-03-10T13:00:00.000Z", "2026-03-11T18:00:00.000Z"],
    );
  });

  it("is refused for a span that ends before it begins", async () => {
    await assert.rejects(history("acme", { since: later(5), until: NOON }, NOON), { code: "list.bad_span" });
  });
});
