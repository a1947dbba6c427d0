import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MINUTE_MS } from "./event-time.ts";
import { FullPass } from "./full-pass.ts";

const HOUR_MS = 60 * MINUTE_MS;
const NOW = 1_000 * HOUR_MS;
const KEPT = { from: NOW - 2.5 * HOUR_MS, until: NOW };

describe("the full pass", () => {
  it("goes through everything once, the oldest first, and rests until six hours after its beginning", () => {
    const pass = new FullPass();
    const parts = [0, 1, 2, 3].map((second) => pass.next(KEPT, NOW, NOW + second * 1_000));
    assert.deepEqual(parts, [
      { from: NOW - 2.5 * HOUR_MS, until: NOW - 1.5 * HOUR_MS },
      { from: NOW - 1.5 * HOUR_MS, until: NOW - 0.5 * HOUR_MS },
      { from: NOW - 0.5 * HOUR_MS, until: NOW },
      undefined,
    ]);
    assert.equal(pass.next(KEPT, NOW, NOW + 6 * HOUR_MS)?.from, KEPT.from);
  });

  it("waits where a consumer that is behind has not come yet, and goes on from there", () => {
    const pass = new FullPass();
    const head = NOW - 2 * HOUR_MS;
    assert.deepEqual(pass.next(KEPT, head, NOW), { from: KEPT.from, until: head });
    assert.equal(pass.next(KEPT, head, NOW + HOUR_MS), undefined);
    assert.deepEqual(pass.next(KEPT, NOW, NOW + HOUR_MS), { from: head, until: head + HOUR_MS });
  });

  it("begins with whole minutes, and with what is still kept", () => {
    const pass = new FullPass();
    assert.equal(pass.next({ from: NOW - 90_001, until: NOW }, NOW, NOW)?.from, NOW - MINUTE_MS);
    assert.equal(pass.next({ from: NOW, until: NOW }, NOW, NOW), undefined);
  });
});
