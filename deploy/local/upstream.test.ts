import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Upstream } from "./upstream.ts";

describe("the replicas behind an ingress", () => {
  it("are asked in turn, and one that is not ready is left out until it is again", async () => {
    const ready = new Set(["first", "second", "third"]);
    const upstream = new Upstream([...ready].map((origin) => ({ origin, isReady: async () => ready.has(origin) })));
    const asked = (): string[] => Array.from({ length: 6 }, () => upstream.next());
    assert.deepEqual([...new Set(asked())].toSorted(), ["first", "second", "third"]);
    ready.delete("second");
    await upstream.ask();
    assert.deepEqual([...new Set(asked())].toSorted(), ["first", "third"]);
    ready.clear();
    await upstream.ask();
    assert.deepEqual([...new Set(asked())].toSorted(), ["first", "second", "third"]);
    ready.add("second");
    await upstream.ask();
    assert.deepEqual(asked(), Array(6).fill("second"));
  });
});
