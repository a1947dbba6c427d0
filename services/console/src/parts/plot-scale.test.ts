import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nearest, pathThrough, ticksTo } from "./plot-scale.ts";

describe("a plot", () => {
  it("has round numbers up to its highest value at its side", () => {
    assert.deepEqual(ticksTo(0), [0, 1]);
    assert.deepEqual(ticksTo(7), [0, 2, 4, 6, 8]);
    assert.deepEqual(ticksTo(1_000_000), [0, 250_000, 500_000, 750_000, 1_000_000]);
  });

  it("reads the value that is nearest to where is pointed", () => {
    assert.equal(nearest([0, 10, 20], -5), 0);
    assert.equal(nearest([0, 10, 20], 14), 1);
    assert.equal(nearest([0, 10, 20], 99), 2);
  });

  it("draws no line over hours in which nothing was counted", () => {
    assert.equal(pathThrough([[0, 1], [1, 2], [9, 3], undefined, [10, 4]], 2), "M0.0 1.0L1.0 2.0M6.0 3.0h6M7.0 4.0h6");
  });
});
