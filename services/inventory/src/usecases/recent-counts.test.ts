import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { recentCounts } from "./recent-counts.ts";

describe("recent counts", () => {
  let now = 0;
  const counting = (ms: number, ends: () => number) => {
    let times = 0;
    const counts = recentCounts(
      async () => {
        times += 1;
        await Promise.resolve();
        now += ms;
        return ends();
      },
      () => now,
    );
    return { counts, times: () => times };
  };

  it("are told again for twenty times as long as counting took", async () => {
    const { counts, times } = counting(100, () => times());
    assert.deepEqual(await Promise.all([counts("acme"), counts("acme")]), [1, 1]);
    now += 1_999;
    assert.equal(await counts("acme"), 1);
    now += 1;
    assert.equal(await counts("acme"), 2);
  });

  it("are each tenant's own", async () => {
    const { counts, times } = counting(100, () => times());
    await counts("acme");
    assert.equal(await counts("other"), 2);
  });

  it("are counted anew after a failure", async () => {
    const { counts, times } = counting(100, () => {
      if (times() === 1) throw new Error("no connection");
      return times();
    });
    await assert.rejects(counts("acme"));
    assert.equal(await counts("acme"), 2);
  });
});
