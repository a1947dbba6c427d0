import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isTrue, PredicateUnanswerable, PredicateUnreadable } from "./predicate.ts";

const values = {
  status: (path: string) => ({ "device.model.family": "Mac", "device.operating-system.version": "15.1" })[path],
  property: (name: string) => ({ shard: 40, tags: ["blue", "pilot"], vip: true })[name],
};

describe("a predicate of an activation", () => {
  const cases: readonly (readonly [boolean, string])[] = [
    [true, "(@property(shard) <= 75)"],
    [false, "@property(shard) > 75"],
    [true, "(@status(device.model.family) == 'Mac')"],
    [false, '@status(device.model.family) != "Mac"'],
    [true, "@status(device.model.family) IN {'iPhone', 'Mac'} AND @property(vip) == TRUE"],
    [true, "NOT (@property(shard) < 10 || @property(shard) >= 41)"],
    [true, "'pilot' IN @property(tags)"],
    [true, "@status(device.operating-system.version) BEGINSWITH '15.'"],
    [true, "TRUEPREDICATE"],
    [true, "@property(shard) == 1 OR @property(shard) == 40 AND @property(vip) == YES"],
  ];
  for (const [expected, text] of cases)
    it(`${text} is ${expected}`, () => assert.equal(isTrue(text, values), expected));

  it("is not read when it is beyond the simple part", () => {
    for (const text of [
      "",
      "@property(shard) <=",
      "SUBQUERY(@property(tags), $x, $x == 1)",
      "(1 == 1",
      "1 LIKE 2",
      "1 == 1 1",
    ])
      assert.throws(() => isTrue(text, values), PredicateUnreadable, text);
  });

  it("is not answered when it asks for what is not there", () => {
    assert.throws(() => isTrue("@property(floor) == 3", values), PredicateUnanswerable);
  });
});
