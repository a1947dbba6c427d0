import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, beforeEach, describe, it } from "node:test";
import { Enrollment } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { QueryAnswered } from "@muster/contracts/gen/muster/inventory/v1/inventory_events";
import { Policy } from "@muster/contracts/gen/muster/policy/v1/policy";
import { type PolicyServiceServer, PolicyServiceService } from "@muster/contracts/gen/muster/policy/v1/policy_service";
import type { Refusal } from "@muster/host/refusal";
import { type ClientOf, clientOf } from "@muster/rpc/client";
import { eventually } from "@muster/testkit/eventually";
import { caller, startTestPlatform, type TestPlatform } from "./testing/test-platform.ts";
import { sweepStale } from "./usecases/sweep-stale.ts";

describe("the policy service", () => {
  let platform: TestPlatform;
  let policies: ClientOf<PolicyServiceServer>;
  let told: TestPlatform["told"];
  let enrolled = 0;
  let device: string;

  before(async () => {
    platform = await startTestPlatform();
    ({ told } = platform);
    policies = clientOf<PolicyServiceServer>(PolicyServiceService, platform.channel);
  });

  after(() => platform.stop());

  beforeEach(() => {
    device = `device-${++enrolled}`;
  });

  const enroll = (deviceId: string, version = 1, type: "DeviceEnrolled" | "DeviceUnenrolled" = "DeviceEnrolled") => {
    const enrollment = Enrollment.fromJSON({
      deviceId,
      version,
      platform: "PLATFORM_LINUX",
      hostname: `${deviceId}.local`,
    });
    return type === "DeviceEnrolled"
      ? platform.publish("muster.enrollment.v1.DeviceEnrolled", deviceId, { enrollment, reEnrolled: false })
      : platform.publish("muster.enrollment.v1.DeviceUnenrolled", deviceId, { enrollment, reason: "test" });
  };

  const label = (deviceId: string, version: number, labelIds: string[]) =>
    platform.publish("muster.inventory.v1.LabelMembershipChanged", deviceId, {
      deviceId,
      version,
      labelId: "finance",
      labelName: "Finance",
      member: labelIds.length > 0,
      labelIds,
      changedAt: new Date(),
    });

  const answer = (policyId: string, deviceId: string, changes: Partial<QueryAnswered>) =>
    platform.publish("muster.inventory.v1.QueryAnswered", deviceId, {
      ...QueryAnswered.fromJSON({ policyRevision: 1, version: 1 }),
      policyId,
      deviceId,
      answeredAt: new Date(),
      ...changes,
    });

  let names = 0;
  const create = async (changes: Partial<Policy>): Promise<Policy> => {
    const asked = { ...Policy.fromJSON({ name: `policy ${++names}`, query: "select 1", enabled: true }), ...changes };
    const { policy } = await policies.createPolicy({ policy: asked }, caller);
    assert.ok(policy);
    return policy;
  };

  const update = ({ id, ...policy }: Policy, changes: Partial<Policy>, expectedRevisions: number[] = []) =>
    policies.updatePolicy({ id, policy: { ...policy, id, ...changes }, expectedRevisions }, caller);

  const only = (...deviceIds: string[]) => ({ selection: { deviceIds, labelIds: [], platforms: [] } });

  const verdictIs = (policyId: string, deviceId: string, verdict: string | undefined) =>
    eventually(`the verdict ${verdict}`, async () => {
      const { verdicts } = await policies.listDeviceVerdicts({ deviceId }, caller);
      const found = verdicts.find((each) => each.policyId === policyId);
      return found?.verdict === verdict ? { ...found } : undefined;
    });

  it("holds a device unknown until it answers, and then tells of each change with evidence", async () => {
    const policy = await create({ ...only(device), resolution: "Turn it on" });
    await enroll(device);
    const held = await verdictIs(policy.id, device, "VERDICT_UNKNOWN");
    assert.equal(held.reason, "not asked yet");
    assert.equal(held.displayName, `${device}.local`);
    await answer(policy.id, device, { rowCount: 1, rows: [{ columns: { encrypted: "1" } }] });
    const passed = await verdictIs(policy.id, device, "VERDICT_PASS");
    assert.deepEqual(passed.evidence, [{ columns: { encrypted: "1" } }]);
    await answer(policy.id, device, { version: 2, rowCount: 0 });
    await verdictIs(policy.id, device, "VERDICT_FAIL");
    const changes = await told("muster.policy.v1.ComplianceChanged", device);
    assert.deepEqual(
      changes.map(({ previous, verdict, failingPolicies }) => [previous, verdict, failingPolicies]),
      [
        ["VERDICT_UNKNOWN", "VERDICT_PASS", 0],
        ["VERDICT_PASS", "VERDICT_FAIL", 1],
      ],
    );
    assert.ok((changes[0]?.version ?? 0) < (changes[1]?.version ?? 0));
    assert.equal(changes[1]?.resolution, "Turn it on");
    const { policy: counted } = await policies.getPolicy({ id: policy.id }, caller);
    assert.deepEqual([counted?.failCount, counted?.passCount, counted?.unknownCount], [1, 0, 0]);
  });

  it("counts a device that cannot answer as unknown, never as pass", async () => {
    const policy = await create(only(device));
    await enroll(device);
    await answer(policy.id, device, { rowCount: 1, error: "no such table: bitlocker_info" });
    await eventually("the reason", async () => {
      const { verdicts } = await policies.listDeviceVerdicts({ deviceId: device }, caller);
      return verdicts[0]?.reason === "no such table: bitlocker_info" ? verdicts[0] : undefined;
    });
    const { policy: counted } = await policies.getPolicy({ id: policy.id }, caller);
    assert.deepEqual([counted?.passCount, counted?.unknownCount], [0, 1]);
  });

  it("uses the newest of the answers that were heard before the device was, whatever their order", async () => {
    const policy = await create({ selection: { deviceIds: [], labelIds: [], platforms: [] } });
    await answer(policy.id, device, { version: 2, rowCount: 1 });
    const other = `${device}-other`;
    const kept = (deviceId: string) =>
      eventually("the answer to be kept", async () => {
        const rows = await platform.database.database.system(({ sql }) =>
          sql.selectFrom("early_answers").selectAll().execute(),
        );
        return rows.some((row) => row.device_id === deviceId) ? true : undefined;
      });
    await kept(device);
    await answer(policy.id, device, { version: 1, rowCount: 0 });
    await answer(policy.id, other, { rowCount: 0 });
    await kept(other);
    await enroll(device);
    await verdictIs(policy.id, device, "VERDICT_PASS");
    await policies.deletePolicy({ id: policy.id, expectedRevisions: [] }, caller);
  });

  it("uses an answer that was heard before the device was", async () => {
    const policy = await create(only(device));
    await answer(policy.id, device, { rowCount: 1 });
    await eventually("the answer to be kept", async () => {
      const rows = await platform.database.database.system(({ sql }) =>
        sql.selectFrom("early_answers").selectAll().execute(),
      );
      return rows.some((row) => row.device_id === device) ? true : undefined;
    });
    await enroll(device);
    await verdictIs(policy.id, device, "VERDICT_PASS");
  });

  it("asks for the remedy once in a failing episode, always with the same command", async () => {
    const policy = await create({ ...only(device), remediationScriptId: "script-1" });
    await enroll(device);
    await verdictIs(policy.id, device, "VERDICT_UNKNOWN");
    await answer(policy.id, device, { version: 1, rowCount: 0 });
    await answer(policy.id, device, { version: 2, error: "timeout" });
    await answer(policy.id, device, { version: 3, rowCount: 0 });
    await answer(policy.id, device, { version: 4, rowCount: 1 });
    await answer(policy.id, device, { version: 5, rowCount: 0 });
    const requests = await eventually("two episodes", async () => {
      const each = await told("muster.policy.v1.RemediationRequested", device);
      return each.length >= 2 ? each : undefined;
    });
    assert.equal(requests.length, 2);
    assert.notEqual(requests[0]?.commandId, requests[1]?.commandId);
    assert.equal(requests[0]?.scriptId, "script-1");
  });

  it("gives and takes verdicts as labels come and go, and tells that a failure ended", async () => {
    const policy = await create({ selection: { deviceIds: [], labelIds: ["finance"], platforms: ["PLATFORM_LINUX"] } });
    await enroll(device);
    await label(device, 1, ["finance"]);
    await verdictIs(policy.id, device, "VERDICT_UNKNOWN");
    await answer(policy.id, device, { rowCount: 0 });
    await verdictIs(policy.id, device, "VERDICT_FAIL");
    await label(device, 2, []);
    await eventually("the verdict to go", async () =>
      (await policies.listDeviceVerdicts({ deviceId: device }, caller)).verdicts.length === 0 ? true : undefined,
    );
    const last = (await told("muster.policy.v1.ComplianceChanged", device)).at(-1);
    assert.deepEqual(
      [last?.previous, last?.verdict, last?.failingPolicies],
      ["VERDICT_FAIL", "VERDICT_UNSPECIFIED", 0],
    );
  });

  it("starts anew when the question changes, ignores answers to the old one, and keeps verdicts when only words change", async () => {
    const policy = await create(only(device));
    await enroll(device);
    await answer(policy.id, device, { rowCount: 1 });
    await verdictIs(policy.id, device, "VERDICT_PASS");
    const renamed = await update(policy, { description: "why" });
    assert.deepEqual([renamed.policy?.revision, renamed.policy?.passCount], [2, 1]);
    const changed = await update(policy, { query: "select 2" });
    assert.deepEqual([changed.policy?.revision, changed.policy?.unknownCount, changed.policy?.passCount], [3, 1, 0]);
    await answer(policy.id, device, { policyRevision: 1, version: 9, rowCount: 0 });
    await answer(policy.id, device, { policyRevision: 3, version: 1, rowCount: 1 });
    await verdictIs(policy.id, device, "VERDICT_PASS");
    const verdicts = (await told("muster.policy.v1.ComplianceChanged", device)).map(({ verdict }) => verdict);
    assert.deepEqual(verdicts, ["VERDICT_PASS", "VERDICT_UNKNOWN", "VERDICT_PASS"]);
  });

  it("lets one of many changes at once through when each expects the same revision", async () => {
    const policy = await create({});
    const changes = ["a", "b", "c", "d"].map((description) => update(policy, { description }, [1]));
    const settled = await Promise.allSettled(changes);
    const codes = settled.map((each) => (each.status === "fulfilled" ? "done" : (each.reason as Refusal).code));
    assert.deepEqual(codes.toSorted(), ["done", ...Array(3).fill("revision.changed")]);
    const { policy: held } = await policies.getPolicy({ id: policy.id }, caller);
    assert.equal(held?.revision, 2);
    const removal = policies.deletePolicy({ id: policy.id, expectedRevisions: [0, 1] }, caller);
    await assert.rejects(removal, { code: "revision.changed", kind: "changed", message: /it is at revision 2 now/ });
    await policies.deletePolicy({ id: policy.id, expectedRevisions: [1, 2] }, caller);
  });

  it("believes an answer for a day, or for four intervals when that is longer", async () => {
    const [hourly, weekly] = [
      await create(only(device)),
      await create({ ...only(device), intervalSeconds: 7 * 86_400 }),
    ];
    await enroll(device);
    for (const { id } of [hourly, weekly]) {
      await answer(id, device, { rowCount: 1 });
      await verdictIs(id, device, "VERDICT_PASS");
    }
    const inADay = () => new Date(Date.now() + 86_460_000);
    await sweepStale({
      database: platform.database.database,
      now: inADay,
      newId: randomUUID,
      staleAfterSeconds: 86_400,
    });
    await verdictIs(hourly.id, device, "VERDICT_STALE");
    await verdictIs(weekly.id, device, "VERDICT_PASS");
    const changes = (await told("muster.policy.v1.ComplianceChanged", device)).filter(
      (each) => each.policyId === hourly.id,
    );
    assert.deepEqual([changes.at(-1)?.previous, changes.at(-1)?.verdict], ["VERDICT_PASS", "VERDICT_STALE"]);
  });

  it("removes a device's verdicts when it is unenrolled", async () => {
    const policy = await create(only(device));
    await enroll(device);
    await verdictIs(policy.id, device, "VERDICT_UNKNOWN");
    await enroll(device, 2, "DeviceUnenrolled");
    await verdictIs(policy.id, device, undefined);
    const { policy: counted } = await policies.getPolicy({ id: policy.id }, caller);
    assert.equal(counted?.unknownCount, 0);
  });

  it("lists failing devices first, page by page", async () => {
    const devices = ["page-a", "page-b", "page-c"];
    const policy = await create(only(...devices));
    for (const each of devices) await enroll(each);
    await answer(policy.id, "page-c", { rowCount: 0 });
    await answer(policy.id, "page-a", { rowCount: 1 });
    await verdictIs(policy.id, "page-c", "VERDICT_FAIL");
    await verdictIs(policy.id, "page-a", "VERDICT_PASS");
    const list = (pageToken: string, verdict = "VERDICT_UNSPECIFIED" as const) =>
      policies.listPolicyVerdicts({ policyId: policy.id, verdict, pageSize: 2, pageToken }, caller);
    const first = await list("");
    const second = await list(first.nextPageToken);
    assert.deepEqual(
      [...first.verdicts, ...second.verdicts].map(({ deviceId }) => deviceId),
      ["page-c", "page-b", "page-a"],
    );
    assert.equal(second.nextPageToken, "");
  });

  it("refuses a second policy of the same name, an unknown policy, and another tenant's", async () => {
    const policy = await create({});
    const again = policies.createPolicy({ policy: { ...policy, selection: undefined } }, caller);
    await assert.rejects(again, { code: "policy.name_taken" });
    const checked = await policies.checkPolicy({ id: policy.id, policy: { ...policy, intervalSeconds: 0 } }, caller);
    assert.deepEqual([checked.policy?.intervalSeconds, checked.policy?.revision], [3600, policy.revision]);
    await assert.rejects(policies.getPolicy({ id: "nonsense" }, caller), { code: "policy.unknown" });
    await assert.rejects(policies.getPolicy({ id: policy.id }, { ...caller, tenant: "globex" }), {
      code: "policy.unknown",
    });
    await policies.deletePolicy({ id: policy.id, expectedRevisions: [] }, caller);
    await assert.rejects(policies.getPolicy({ id: policy.id }, caller), { code: "policy.unknown" });
  });
});
