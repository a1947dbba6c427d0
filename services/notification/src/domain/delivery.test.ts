import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { afterAttempt, type Health, type HealthNews, type Outcome, settle } from "./delivery.ts";
import { SCHEDULE_MS } from "./schedule.ts";

const now = new Date("2026-03-01T08:00:00Z");
const taken: Outcome = { kind: "taken", status: 204 };
const failed: Outcome = { kind: "failed", status: 500, error: "500", retryAfterMs: 0 };
const gone: Outcome = { kind: "gone", status: 410, error: "410" };

describe("a delivery", () => {
  it("is delivered once the receiver took it", () => {
    assert.deepEqual(settle(1, taken, 0), { state: "DELIVERY_STATE_DELIVERED" });
  });

  it("is tried again after a failure, and dead after the tenth", () => {
    assert.deepEqual(settle(1, failed, 0), { state: "DELIVERY_STATE_PENDING", delayMs: 5_000 });
    assert.deepEqual(settle(10, failed, 0), { state: "DELIVERY_STATE_DEAD" });
  });

  it("waits as long as the receiver asked", () => {
    assert.deepEqual(settle(1, { ...failed, status: 429, retryAfterMs: 90_000 }, 0), {
      state: "DELIVERY_STATE_PENDING",
      delayMs: 90_000,
    });
  });

  it("is dead at once when the receiver is gone", () => {
    assert.deepEqual(settle(1, gone, 0), { state: "DELIVERY_STATE_DEAD" });
  });
});

describe("a receiver", () => {
  const fresh: Health = {
    enabled: true,
    disabledReason: "",
    lastStatus: 0,
    lastSuccessAt: undefined,
    consecutiveFailures: 0,
    failingSince: undefined,
    failing: false,
  };

  const later = (ms: number) => new Date(now.getTime() + ms);
  const through = (outcomes: readonly Outcome[], start = fresh) => {
    let health = start;
    const told: (HealthNews | undefined)[] = [];
    for (const outcome of outcomes) {
      const after = afterAttempt(health, outcome, now);
      health = after.health;
      told.push(after.news);
    }
    return { health, told };
  };

  it("is told of as failing at the fifth failure in a row, once", () => {
    const { told, health } = through(Array.from({ length: 7 }, () => failed));
    assert.deepEqual(told, [undefined, undefined, undefined, undefined, "failing", undefined, undefined]);
    assert.equal(health.consecutiveFailures, 7);
  });

  it("is not failing while a success comes in between", () => {
    const { told } = through([failed, failed, failed, failed, taken, failed, failed]);
    assert.deepEqual(told.filter(Boolean), []);
  });

  it("is told of as recovered at the first success after that", () => {
    const { told, health } = through([...Array.from({ length: 5 }, () => failed), taken, taken]);
    assert.deepEqual(told.slice(-3), ["failing", "recovered", undefined]);
    assert.deepEqual([health.consecutiveFailures, health.lastSuccessAt], [0, now]);
  });

  it("is disabled when it says that it is gone", () => {
    const { told, health } = through([gone, gone]);
    assert.deepEqual(told, ["disabled", undefined]);
    assert.equal(health.enabled, false);
    assert.match(health.disabledReason, /410/);
  });

  it("is disabled when it took nothing for as long as a delivery is tried, and that is told once", () => {
    const { health } = through([failed, failed]);
    const almost = afterAttempt(health, failed, later(SCHEDULE_MS - 1));
    assert.equal(almost.health.enabled, true);
    const after = afterAttempt(almost.health, failed, later(SCHEDULE_MS));
    assert.deepEqual([after.news, after.health.enabled], ["disabled", false]);
    assert.match(after.health.disabledReason, /nothing was taken since 2026-03-01T08:00:00/);
    assert.equal(afterAttempt(after.health, failed, later(SCHEDULE_MS + 1)).news, undefined);
  });

  it("is given the whole time again after it took something", () => {
    const { health } = through([failed, taken]);
    const again = afterAttempt(health, failed, later(SCHEDULE_MS));
    assert.equal(again.health.enabled, true);
  });
});
