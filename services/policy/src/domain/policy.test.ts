import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Policy } from "@muster/contracts/gen/muster/policy/v1/policy";
import { asksAnew, draftOf } from "./policy.ts";

const asked = (changes: Partial<Policy> = {}): Policy => ({
  ...Policy.fromJSON({ name: "Disk is sealed", query: "select 1", enabled: true }),
  ...changes,
});

describe("a policy's draft", () => {
  it("is of medium severity and asked each hour unless told otherwise", () => {
    const draft = draftOf(asked());
    assert.equal(draft.severity, "SEVERITY_MEDIUM");
    assert.equal(draft.intervalSeconds, 3600);
  });

  it("is refused without a name, with an unknown platform, or when it asks more often than each minute", () => {
    assert.throws(() => draftOf(undefined), { code: "policy.missing" });
    assert.throws(() => draftOf(asked({ name: "  " })), { code: "policy.bad_name" });
    assert.throws(() => draftOf(asked({ intervalSeconds: 59 })), { code: "policy.bad_interval" });
    assert.throws(
      () => draftOf(asked({ selection: { deviceIds: [], labelIds: [], platforms: ["PLATFORM_UNSPECIFIED"] } })),
      { code: "policy.bad_selection" },
    );
  });

  it("names so many devices and labels, by their ids, that an event can tell them", () => {
    const ids = (count: number) => Array.from({ length: count }, (_, n) => String(n).padStart(36, "0"));
    const of = (deviceIds: string[], labelIds: string[]) =>
      draftOf(asked({ selection: { deviceIds, labelIds, platforms: [] } }));
    assert.equal(of(ids(5_000), ids(5_000)).labelIds.length, 5_000);
    assert.throws(() => of(ids(5_000), ids(5_001)), { code: "policy.bad_selection" });
    assert.throws(() => of([], ["x".repeat(37)]), { code: "policy.bad_selection" });
  });

  it("names each device and label once, in an order that does not matter", () => {
    const selection = { deviceIds: ["b", "a", "b"], labelIds: [], platforms: [] };
    assert.deepEqual(draftOf(asked({ selection })).deviceIds, ["a", "b"]);
  });
});

describe("a changed policy", () => {
  const before = draftOf(asked());

  it("asks anew when its question or its selection changed, or it was switched on", () => {
    assert.equal(asksAnew(before, { ...before, query: "select 2" }), true);
    assert.equal(asksAnew(before, { ...before, labelIds: ["finance"] }), true);
    assert.equal(asksAnew({ ...before, enabled: false }, before), true);
  });

  it("keeps its verdicts when only its words changed", () => {
    assert.equal(asksAnew(before, { ...before, name: "Disks are sealed", resolution: "Seal it" }), false);
  });
});
