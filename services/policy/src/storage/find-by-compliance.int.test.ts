import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Compliance } from "@muster/contracts/gen/muster/inventory/v1/device";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { allStanding, standingSo } from "./find-by-compliance.ts";
import type { PolicyTables } from "./tables.ts";

/** Device n of 3,000 fails policy 0 where n is a multiple of 100; policy 1 is not answered by the odd ones, and policy 2 is off. */
const FILLED = `
  set search_path to policy, public;
  insert into policies (tenant, id, name, description, query, device_ids, label_ids, platforms, severity, resolution,
    interval_seconds, remediation_script_id, enabled, revision, question_revision, created_at, updated_at)
    select tenant, ('00000000-0000-0000-0000-00000000000' || p)::uuid, 'policy ' || p, '', '', '{}', '{}', '{}', 'SEVERITY_LOW', '',
      0, '', p < 2, 1, 1, now(), now() from generate_series(0, 2) p, unnest(array['acme', 'other']) tenant;
  insert into verdicts (tenant, policy_id, device_id, verdict, reason, since, version, answer_revision, answer_version, evidence)
    select tenant, ('00000000-0000-0000-0000-00000000000' || p)::uuid, 'device-' || n,
      case when p = 0 and n % 100 = 0 or p = 2 then 'VERDICT_FAIL' when p = 1 and n % 2 = 1 then 'VERDICT_UNKNOWN' else 'VERDICT_PASS' end,
      '', now(), 1, 1, 1, '[]' from generate_series(1, 3000) n, generate_series(0, 2) p, unnest(array['acme', 'other']) tenant;
  insert into devices (tenant, id, enrolled, platform) values ('acme', 'phone', true, 'PLATFORM_IOS'), ('acme', 'gone', false, 'PLATFORM_IOS');
  insert into devices (tenant, id, enrolled, platform) select 'acme', 'device-' || n, true, 'PLATFORM_MACOS' from generate_series(1, 3000) n`;

describe("devices by how they stand with the policies in force", () => {
  let test: TestDatabase<PolicyTables>;

  before(async () => {
    test = await startTestDatabase<PolicyTables>("policy", join(import.meta.dirname, "../../migrations"));
    await test.asOwner(FILLED);
    await test.asOwner("vacuum analyze");
  });
  after(() => test.stop());

  const standing = (compliance: Compliance, ...numbers: readonly number[]) =>
    test.database.tenant("acme", async ({ sql }) => {
      const ids = await standingSo(
        sql,
        "acme",
        compliance,
        numbers.map((n) => `device-${n}`),
      );
      return ids.map((id) => Number(id.slice(7)));
    });

  const all = (compliance: Compliance, atMost: number, tenant = "acme", includeUnenrolled = false) =>
    test.database.tenant(tenant, ({ sql }) => allStanding(sql, tenant, { compliance, atMost, includeUnenrolled }));

  it("fail, pass all, or neither, whatever a policy says that is off", async () => {
    assert.deepEqual(await standing("COMPLIANCE_FAILING", 99, 100, 101, 102), [100]);
    assert.deepEqual(await standing("COMPLIANCE_PASSING", 99, 100, 101, 102), [102]);
    assert.deepEqual(await standing("COMPLIANCE_UNKNOWN", 99, 100, 101, 102, 9_999), [99, 101, 9_999]);
  });

  it("are all told where they fail and are few", async () => {
    const failing = (atMost: number, tenant = "acme") => all("COMPLIANCE_FAILING", atMost, tenant);
    assert.equal((await failing(30))?.length, 30);
    assert.equal(await failing(29), undefined);
    assert.deepEqual(await failing(29, "nobody"), []);
  });

  it("are all told where nothing is known of them, but for those that are not managed", async () => {
    const unknown = (atMost: number) => all("COMPLIANCE_UNKNOWN", atMost);
    assert.equal((await unknown(1_500))?.length, 1_500);
    assert.equal(await unknown(1_499), undefined);
    assert.equal(await all("COMPLIANCE_UNKNOWN", 9_999, "acme", true), undefined);
    await test.asOwner(`update policy.policies set platforms = '{PLATFORM_MACOS}' where name <> 'policy 2'`);
    assert.equal((await unknown(1_501))?.includes("phone"), true, "no policy that is in force applies to it");
    assert.equal((await unknown(1_501))?.includes("gone"), false);
  });
});
