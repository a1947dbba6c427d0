import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Cooldown } from "./cooldown.ts";
import { TokenBucket } from "./token-bucket.ts";

const at = (ms: number) => new Date(1_700_000_000_000 + ms);

describe("a cooldown", () => {
  it("lets a key wait, and no other", () => {
    const cooldown = new Cooldown(10_000);
    cooldown.start("a", at(0));
    assert.equal(cooldown.secondsLeft("a", at(1)), 10);
    assert.equal(cooldown.secondsLeft("a", at(9_500)), 1);
    assert.equal(cooldown.secondsLeft("a", at(10_000)), 0);
    assert.equal(cooldown.secondsLeft("b", at(1)), 0);
  });

  it("does not exist at zero", () => {
    const cooldown = new Cooldown(0);
    cooldown.start("a", at(0));
    assert.equal(cooldown.secondsLeft("a", at(0)), 0);
  });
});

describe("a token bucket", () => {
  it("gives its burst at once and its rate afterwards", () => {
    const bucket = new TokenBucket(2, 0.5);
    assert.deepEqual([bucket.take(at(0)), bucket.take(at(0)), bucket.take(at(0))], [true, true, false]);
    assert.equal(bucket.secondsToNext(at(0)), 2);
    assert.deepEqual([bucket.take(at(2_000)), bucket.take(at(2_000))], [true, false]);
  });

  it("does not lose its count when the clock is set back", () => {
    const bucket = new TokenBucket(1, 1);
    assert.equal(bucket.take(at(5_000)), true);
    assert.equal(bucket.take(at(0)), false);
  });
});
