import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RateLimit } from "./rate-limit.ts";

const at = (seconds: number) => new Date(seconds * 1_000);

describe("a rate limit", () => {
  it("lets a burst through, then its rate, and says how long to wait", () => {
    const limit = new RateLimit({ perSecond: 0.5, burst: 3 });
    assert.deepEqual(
      [1, 2, 3, 4].map(() => limit.take("ada", at(0))),
      [0, 0, 0, 2],
    );
    assert.equal(limit.take("grace", at(0)), 0);
    assert.equal(limit.take("ada", at(1)), 1);
    assert.equal(limit.take("ada", at(2)), 0);
    assert.equal(limit.take("ada", at(2)), 2);
  });

  it("counts what it is told of others, and what it let through meanwhile", () => {
    const limit = new RateLimit({ perSecond: 1, burst: 10 });
    for (let taken = 0; taken < 4; taken += 1) limit.take("ada", at(0));
    limit.take("grace", at(0));
    assert.deepEqual([...limit.untold(2)], [["ada", 4]]);
    limit.take("ada", at(0));
    // Others took two: 10 - 4 - 2 were left when the one above was not told of yet.
    limit.settle("ada", 4, 4, at(0));
    assert.deepEqual(
      [...limit.untold(1)],
      [
        ["ada", 1],
        ["grace", 1],
      ],
    );
    assert.deepEqual(
      [1, 2, 3, 4].map(() => limit.take("ada", at(0))),
      [0, 0, 0, 1],
    );
    limit.settle("ada", 4, -6, at(0));
    assert.equal(limit.take("ada", at(0)), 7);
    assert.equal(limit.take("ada", at(7)), 0);
  });

  it("forgets who rests", () => {
    const limit = new RateLimit({ perSecond: 1, burst: 1 });
    limit.take("ada", at(0));
    limit.sweep(at(10));
    assert.equal(limit.take("ada", at(10)), 0);
  });
});
