import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fullJitter } from "./backoff.ts";
import { ServerError } from "./server-error.ts";

describe("the wait after a failure", () => {
  it("lies anywhere between nothing and a bound that doubles up to five minutes", () => {
    const longest = fullJitter(() => 1);
    const waits = Array.from({ length: 12 }, () => longest.afterMs(undefined));
    assert.deepEqual(waits.slice(0, 4), [1000, 2000, 4000, 8000]);
    assert.equal(waits.at(-1), 300_000);
    assert.equal(fullJitter(() => 0).afterMs(undefined), 0);
  });

  it("starts over after a success", () => {
    const backoff = fullJitter(() => 1);
    backoff.afterMs(undefined);
    backoff.afterMs(undefined);
    backoff.reset();
    assert.equal(backoff.afterMs(undefined), 1000);
  });

  it("is at least what the server asks for", () => {
    const busy = new ServerError(429, "http.429", "busy", 60_000);
    assert.equal(fullJitter(() => 0.5).afterMs(busy), 60_500);
  });
});
