import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gather } from "./gather.ts";

describe("gathered requests", () => {
  it("that arrive together become one flush, and each gets its own answer", async () => {
    const flushes: number[] = [];
    const double = gather<number, number>({
      maxBatch: 100,
      maxWaitMs: 1,
      inFlight: 1,
      flush: async (items) => {
        flushes.push(items.length);
        return items.map((item) => item * 2);
      },
    });
    assert.deepEqual(await Promise.all([1, 2, 3].map(double)), [2, 4, 6]);
    assert.deepEqual(flushes, [3]);
  });

  it("that arrive while a flush is in work become the next one", async () => {
    const flushes: number[][] = [];
    const first = Promise.withResolvers<void>();
    const send = gather<number, number>({
      maxBatch: 100,
      maxWaitMs: 0,
      inFlight: 1,
      flush: async (items) => {
        flushes.push([...items]);
        if (flushes.length === 1) await first.promise;
        return items;
      },
    });
    const one = send(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const rest = [send(2), send(3)];
    first.resolve();
    await Promise.all([one, ...rest]);
    assert.deepEqual(flushes, [[1], [2, 3]]);
  });

  it("fail alone: a bad one does not take its neighbours down", async () => {
    const send = gather<number, number>({
      maxBatch: 100,
      maxWaitMs: 1,
      inFlight: 2,
      flush: async (items) => {
        if (items.includes(13)) throw new Error("unlucky");
        return items;
      },
    });
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => send(index)));
    assert.deepEqual(
      results.flatMap((result, index) => (result.status === "rejected" ? [index] : [])),
      [13],
    );
  });
});
