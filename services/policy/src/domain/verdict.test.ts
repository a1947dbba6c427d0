import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Answer, beginsToFail, type Judged, judge, NOT_ASKED_YET, outdated, unasked } from "./verdict.ts";

const start = new Date("2026-03-01T08:00:00Z");
const later = new Date("2026-03-01T09:00:00Z");

const answer = (changes: Partial<Answer> = {}): Answer => ({
  revision: 1,
  version: 1,
  rowCount: 1,
  rows: [{ columns: { encrypted: "1" } }],
  error: "",
  answeredAt: later,
  ...changes,
});

const after = (held: Judged, changes: Partial<Answer> = {}): Judged => {
  const judged = judge(held, answer(changes), 1);
  assert.ok(judged, "the answer was ignored");
  return judged;
};

describe("a verdict", () => {
  it("is unknown until the device was asked", () => {
    const held = unasked(start);
    assert.equal(held.verdict, "VERDICT_UNKNOWN");
    assert.equal(held.reason, NOT_ASKED_YET);
  });

  it("is pass when the answer has a row, and keeps it as evidence", () => {
    const held = after(unasked(start));
    assert.equal(held.verdict, "VERDICT_PASS");
    assert.deepEqual(held.evidence, [{ columns: { encrypted: "1" } }]);
    assert.equal(held.since, later);
  });

  it("is fail when the answer has no row", () => {
    assert.equal(after(unasked(start), { rowCount: 0, rows: [] }).verdict, "VERDICT_FAIL");
  });

  it("is unknown with the reason when the device could not answer, whatever it was before", () => {
    for (const before of [unasked(start), after(unasked(start)), after(unasked(start), { rowCount: 0 })]) {
      const held = after(before, { version: 9, error: "no such table: bitlocker_info" });
      assert.equal(held.verdict, "VERDICT_UNKNOWN");
      assert.equal(held.reason, "no such table: bitlocker_info");
    }
  });

  it("keeps since when it stays the same, though answer and evidence are new", () => {
    const held = after(after(unasked(start)), { version: 2, answeredAt: new Date("2026-03-01T10:00:00Z") });
    assert.equal(held.since, later);
    assert.equal(held.answeredAt?.toISOString(), "2026-03-01T10:00:00.000Z");
  });

  it("keeps ten rows of evidence at most", () => {
    const rows = Array.from({ length: 12 }, (_, index) => ({ columns: { n: String(index) } }));
    assert.equal(after(unasked(start), { rowCount: 12, rows }).evidence.length, 10);
  });

  it("becomes stale by silence, and a new answer brings it back", () => {
    const held = outdated(after(unasked(start)), later);
    assert.equal(held.verdict, "VERDICT_STALE");
    assert.equal(after(held, { version: 2 }).verdict, "VERDICT_PASS");
  });
});

describe("an answer", () => {
  it("is ignored when it is to an older question", () => {
    assert.equal(judge(unasked(start), answer({ revision: 2 }), 3), undefined);
  });

  it("is ignored when it is not newer than the one held", () => {
    const held = after(unasked(start), { version: 5 });
    assert.equal(judge(held, answer({ version: 5, rowCount: 0 }), 1), undefined);
    assert.equal(judge(held, answer({ version: 4, rowCount: 0 }), 1), undefined);
  });

  it("is newer when it is to a newer revision, whatever its version", () => {
    const held = after(unasked(start), { version: 5 });
    assert.equal(judge(held, answer({ revision: 2, version: 1, rowCount: 0 }), 1)?.verdict, "VERDICT_FAIL");
  });
});

describe("a failing episode", () => {
  const failing = (held: Judged, version: number) => after(held, { version, rowCount: 0, rows: [] });

  it("begins when an unknown or passing device fails", () => {
    const fresh = unasked(start);
    assert.equal(beginsToFail(fresh, failing(fresh, 1)), true);
    const well = after(fresh);
    assert.equal(beginsToFail(well, failing(well, 2)), true);
  });

  it("does not begin again while it lasts, nor after an error or silence in between", () => {
    const held = { ...failing(unasked(start), 1), remediationCommandId: "c1" };
    assert.equal(beginsToFail(held, failing(held, 2)), false);
    const error = after(held, { version: 2, error: "timeout" });
    assert.equal(beginsToFail(error, failing(error, 3)), false);
    const silent = outdated(held, later);
    assert.equal(beginsToFail(silent, failing(silent, 3)), false);
  });

  it("ends with a pass, so that the next fail begins another", () => {
    const held = { ...failing(unasked(start), 1), remediationCommandId: "c1" };
    const well = after(held, { version: 2 });
    assert.equal(well.remediationCommandId, undefined);
    assert.equal(beginsToFail(well, failing(well, 3)), true);
  });
});
