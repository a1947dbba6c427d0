import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { retryAfterMs } from "./retry-after.ts";

describe("Retry-After", () => {
  const now = Date.parse("2026-03-01T08:00:00Z");

  it("is seconds or a date", () => {
    assert.equal(retryAfterMs("120", now), 120_000);
    assert.equal(retryAfterMs("Sun, 01 Mar 2026 08:01:00 GMT", now), 60_000);
  });

  it("is nothing when it is past or not understood", () => {
    assert.equal(retryAfterMs("Sun, 01 Mar 2026 07:00:00 GMT", now), 0);
    assert.equal(retryAfterMs("soon", now), 0);
  });
});
