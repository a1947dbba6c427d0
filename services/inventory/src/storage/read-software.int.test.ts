import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { sql } from "kysely";
import { listSoftware } from "./read-software.ts";
import type { Schema } from "./schema.ts";

describe("the list of software", () => {
  let test: TestDatabase<Schema>;

  before(async () => {
    test = await startTestDatabase<Schema>("inventory", join(import.meta.dirname, "../../migrations"));
  });
  after(() => test.stop());

  it("goes on behind each name, also one whose small letters Postgres and JavaScript write differently", async () => {
    const names = ["ΟΔΟΣ", "ΟΔΟΣ 2", "İrfan", "izip", "İzmir", "Zip"];
    await test.database.system((work) =>
      sql`
        insert into software (tenant, name, version, source, vendor, device_count)
        select 'acme', name, '1', 'programs', '', 1 from unnest(${names}::text[]) name`.execute(work.sql),
    );
    const found: string[] = [];
    let pageToken = "";
    do {
      const request = { search: "", source: "", pageSize: 1, pageToken };
      const page = await test.database.tenant("acme", (work) => listSoftware(work, "acme", request));
      found.push(...page.software.map(({ name }) => name));
      pageToken = page.nextPageToken;
    } while (pageToken !== "" && found.length < 10);
    assert.deepEqual(found.sort(), names.sort());
  });
});
