import assert from "node:assert/strict";
import { it, mock } from "node:test";
import { wokenWithin } from "./woken-within.ts";

it("a wait ends with the waking, or with its time, and says which it was", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const bell = Promise.withResolvers<void>();
    const ended: boolean[] = [];
    const waits = [wokenWithin(bell.promise, 10), wokenWithin(bell.promise, 20)].map((wait) =>
      wait.then((woken) => ended.push(woken)),
    );
    mock.timers.tick(15);
    await waits[0];
    assert.deepEqual(ended, [false]);
    bell.resolve();
    await waits[1];
    assert.deepEqual(ended, [false, true]);
  } finally {
    mock.timers.reset();
  }
});
