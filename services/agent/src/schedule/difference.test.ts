import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { difference } from "./difference.ts";
import { isDue, untilDue } from "./due.ts";
import { times } from "./log-lines.ts";

describe("the difference of two answers", () => {
  it("is what came and what went, whatever the order of rows and columns", () => {
    const before = [
      { a: "1", b: "x" },
      { a: "2", b: "y" },
    ];
    const after = [
      { b: "y", a: "2" },
      { a: "3", b: "z" },
    ];
    assert.deepEqual(difference(before, after), { added: [{ a: "3", b: "z" }], removed: [{ a: "1", b: "x" }] });
    assert.deepEqual(difference(after, after.toReversed()), { added: [], removed: [] });
  });

  it("counts a row as often as it is there", () => {
    const row = { a: "1" };
    assert.deepEqual(difference([row], [row, row, row]), { added: [row, row], removed: [] });
    assert.deepEqual(difference([row, row], [row]), { added: [], removed: [row] });
  });
});

describe("a query's turn", () => {
  const at = (seconds: number) => new Date(seconds * 1_000);

  it("comes at the seconds that its interval divides, once however long the machine slept", () => {
    assert.equal(isDue(60, at(60), at(119)), false);
    assert.equal(isDue(60, at(119), at(120)), true);
    assert.equal(isDue(60, at(61), at(3_600)), true);
    assert.equal(isDue(60, at(3_600), at(3_600)), false);
    assert.equal(untilDue(60, at(61)), 59_000);
    assert.equal(untilDue(60, at(120)), 60_000);
  });
});

describe("the time of a log line", () => {
  it("is written as osquery writes it", () => {
    assert.deepEqual(times(new Date("2014-09-03T17:37:30.123Z")), {
      calendarTime: "Wed Sep 3 17:37:30 2014 UTC",
      unixTime: 1_409_765_850,
    });
  });
});
