import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Recent } from "./recent.ts";

describe("what was in use of late", () => {
  it("holds its size and drops what nobody asked for meanwhile", () => {
    const recent = new Recent<number>(2);
    for (const [number, name] of ["a", "b", "c"].entries()) recent.set(name, number);
    assert.equal(recent.get("a"), 0, "asked for again");
    recent.set("d", 3);
    assert.deepEqual([recent.get("a"), recent.get("b"), recent.get("c")], [0, undefined, 2]);
  });

  it("forgets what is deleted, however long ago it was set", () => {
    const recent = new Recent<number>(1);
    recent.set("a", 1);
    recent.set("b", 2);
    recent.delete("a");
    recent.delete("b");
    assert.deepEqual([recent.get("a"), recent.get("b")], [undefined, undefined]);
  });

  it("gives the newest value of a name", () => {
    const recent = new Recent<number>(1);
    recent.set("a", 1);
    recent.set("b", 2);
    recent.set("a", 3);
    assert.equal(recent.get("a"), 3);
  });
});
