import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dueWork, HAND_OUT_AGAIN_MS, type HostState, type Question } from "./due-work.ts";

const NOW = 1_800_000_000_000;
const LATER = NOW + 3600_000;
const quiet: HostState = {
  deviceId: "d1",
  platform: "PLATFORM_LINUX",
  ownership: "OWNERSHIP_CORPORATE",
  labelIds: ["l1"],
  detailDueAt: LATER,
  detailAskedAt: Number.NEGATIVE_INFINITY,
  asked: {},
};
const question: Question = {
  id: "0193c000-0000-7000-8000-000000000001",
  kind: "policy",
  revision: 2,
  query: "select 1",
  intervalSeconds: 60,
  selection: { deviceIds: [], labelIds: [], platforms: [] },
};
const name = `muster_policy_${question.id}_2`;
const asked = (r: number, a: number, d: number): HostState => ({ ...quiet, asked: { [question.id]: { r, a, d } } });

describe("what a host is asked", () => {
  it("is nothing until its facts are due", () => {
    const work = dueWork(quiet, [], [], NOW);
    assert.deepEqual(work.queries, {});
    assert.equal(work.nextAt, LATER);
  });

  it("is all its platform has when its facts are due, and not again while the host may still answer", () => {
    assert.ok("muster_detail_deb_packages" in dueWork({ ...quiet, detailDueAt: NOW }, [], [], NOW).queries);
    const busy = { ...quiet, detailDueAt: NOW, detailAskedAt: NOW - 1 };
    assert.deepEqual(dueWork(busy, [], [], NOW).queries, {});
    assert.ok("muster_detail_os_version" in dueWork(busy, [], [], NOW + HAND_OUT_AGAIN_MS).queries);
  });

  it("is a question it never answered, or whose wording or time is another", () => {
    assert.ok(name in dueWork(quiet, [question], [], NOW).queries);
    assert.ok(name in dueWork(asked(1, NOW, LATER), [question], [], NOW).queries);
    assert.ok(name in dueWork(asked(2, 0, NOW), [question], [], NOW).queries);
    assert.deepEqual(dueWork(asked(2, 0, NOW + 1), [question], [], NOW).queries, {});
  });

  it("is only what is meant for it", () => {
    const meant = (selection: Partial<Question["selection"]>) =>
      name in dueWork(quiet, [{ ...question, selection: { ...question.selection, ...selection } }], [], NOW).queries;
    assert.ok(meant({ labelIds: ["l1", "l2"] }));
    assert.ok(!meant({ labelIds: ["l2"] }));
    assert.ok(!meant({ platforms: ["PLATFORM_MACOS"], deviceIds: ["d1"] }));
  });

  it("is no label's question when a person owns the device", () => {
    const personal: HostState = { ...quiet, ownership: "OWNERSHIP_PERSONAL" };
    assert.deepEqual(dueWork(personal, [{ ...question, kind: "label" }], [], NOW).queries, {});
  });

  it("is every live query at once, with a request to poll fast", () => {
    const work = dueWork(quiet, [], [{ kind: "live", id: question.id, query: "select 2" }], NOW);
    assert.deepEqual(work.queries, { [`muster_live_${question.id}`]: "select 2" });
    assert.equal(work.accelerate, 10);
  });

  it("forgets questions that are no more", () => {
    assert.deepEqual(dueWork(asked(2, 0, 0), [], [], NOW).forgotten, [question.id]);
  });
});
