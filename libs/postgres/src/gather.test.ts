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

  it("wait for the flush in work, but not for one that is held up", async () => {
    const flushes: number[][] = [];
    const held = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const send = gather<number, number>({
      maxBatch: 100,
      maxWaitMs: 0,
      inFlight: 2,
      besideMs: 20,
      flush: async (items) => {
        const place = flushes.push([...items]) - 1;
        begun[place]?.resolve();
        await held[place]?.promise;
        return items;
      },
    });
    const first = send(1);
    await begun[0]?.promise;
    const second = send(2);
    // Whoever comes before the patience with the first is over is in the same batch.
    const third = new Promise((resolve) => setTimeout(resolve, 1)).then(() => send(3));
    await begun[1]?.promise;
    const fourth = send(4);
    held[1]?.resolve();
    assert.deepEqual(await Promise.all([second, third, fourth]), [2, 3, 4]);
    held[0]?.resolve();
    assert.equal(await first, 1);
    assert.deepEqual(flushes, [[1], [2, 3], [4]]);
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
