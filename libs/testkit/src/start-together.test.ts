import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startTogether } from "./start-together.ts";

describe("several starts", () => {
  it("are waited for together", async () => {
    const [one, two] = [{ stop: async () => 1 }, { stop: async () => 2 }];
    assert.deepEqual(await startTogether(Promise.resolve(one), Promise.resolve(two)), [one, two]);
  });

  it("are all undone when one of them fails, also what starts only later", async () => {
    const stopped: string[] = [];
    const slow = Promise.withResolvers<{ stop(): Promise<unknown> }>();
    const starting = startTogether(
      Promise.resolve({ stop: async () => stopped.push("quick") }),
      Promise.reject<{ stop(): Promise<unknown> }>(new Error("no room")),
      slow.promise,
    );
    slow.resolve({ stop: async () => stopped.push("slow") });
    await assert.rejects(starting, /no room/);
    assert.deepEqual(stopped, ["quick", "slow"]);
  });
});
