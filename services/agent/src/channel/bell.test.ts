import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createBell } from "./bell.ts";

const never = new AbortController().signal;

describe("a bell", () => {
  it("wakes who waits", async () => {
    const bell = createBell();
    const woken = bell.wait(undefined, never);
    bell.ring();
    await woken;
  });

  it("is not missed when it rings before anybody waits, and then counts once", async () => {
    const bell = createBell();
    bell.ring();
    bell.ring();
    await bell.wait(undefined, never);
    const start = performance.now();
    await bell.wait(20, never);
    assert.ok(performance.now() - start >= 15);
  });

  it("lets go when it is called off", async () => {
    const abort = new AbortController();
    const waiting = createBell().wait(undefined, abort.signal);
    abort.abort();
    await waiting;
  });
});
