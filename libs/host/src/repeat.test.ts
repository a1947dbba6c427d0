import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Lifecycle } from "./lifecycle.ts";
import { createLogger } from "./logging.ts";
import { repeat } from "./repeat.ts";

const log = createLogger("test", "silent");
const HOUR_MS = 3_600_000;

describe("work that is repeated", () => {
  it("is done at once when somebody knows that there is some, and not all the time for one who asks all the time", async () => {
    const lifecycle = new Lifecycle(log);
    const begun: number[] = [];
    const work = async () => void begun.push(performance.now());
    const ask = repeat({ name: "work", everyMs: HOUR_MS, work, log, lifecycle });
    while (begun.length < 4) {
      ask();
      await turn();
    }
    await lifecycle.stop();
    const apart = begun.slice(1).map((at, place) => at - (begun[place] ?? 0));
    // A timer goes by the time at which its turn of the event loop began, in whole milliseconds.
    for (const ms of apart) assert.ok(ms >= 95, `${ms} ms apart`);
  });

  it("is done once more when it was asked for while it was done", async () => {
    const lifecycle = new Lifecycle(log);
    const rounds = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const first = Promise.withResolvers<void>();
    let begun = 0;
    const work = async () => {
      rounds[begun++]?.resolve();
      if (begun === 1) await first.promise;
    };
    const ask = repeat({ name: "work", everyMs: HOUR_MS, work, log, lifecycle });
    ask();
    await rounds[0]?.promise;
    ask();
    first.resolve();
    await rounds[1]?.promise;
    await lifecycle.stop();
    assert.equal(begun, 2);
  });
});
