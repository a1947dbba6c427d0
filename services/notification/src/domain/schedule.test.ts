import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { delayAfter } from "./schedule.ts";

describe("the schedule of a delivery", () => {
  it("tries ten times within four days, each time later than before", () => {
    const delays = Array.from({ length: 10 }, (_, index) => delayAfter(index + 1, 0, 0));
    assert.equal(delays[0], 5_000);
    assert.equal(delays.at(-1), undefined);
    const waits = delays.slice(0, -1).map((each) => each ?? 0);
    assert.deepEqual(
      waits,
      [...waits].sort((a, b) => a - b),
    );
    assert.equal(waits.length, 9);
    assert.ok(waits.reduce((sum, each) => sum + each, 0) < 96 * 3600_000);
  });

  it("spreads attempts by up to a fifth", () => {
    assert.equal(delayAfter(1, 0, 1), 6_000);
    assert.equal(delayAfter(1, 0, 0.5), 5_500);
  });

  it("waits longer when the receiver asks for it, and a day at most", () => {
    assert.equal(delayAfter(1, 60_000, 0), 60_000);
    assert.equal(delayAfter(3, 1_000, 0), 1_800_000);
    assert.equal(delayAfter(1, 30 * 86_400_000, 0), 86_400_000);
  });
});
