import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { changesBetween } from "./watch-list.ts";

const list = (...items: { id: string; state: string; seen?: number }[]) =>
  new Map(items.map((item) => [item.id, item]));

describe("the changes of a list", () => {
  it("are what is new, what shows otherwise, and what is gone", () => {
    const before = list({ id: "a", state: "on" }, { id: "b", state: "on" }, { id: "c", state: "on" });
    const now = list({ id: "a", state: "on", seen: 2 }, { id: "b", state: "off" }, { id: "d", state: "on" });
    assert.deepEqual(
      changesBetween(before, now, ({ state }) => state).map(({ what, item }) => [what, item.id]),
      [
        ["changed", "b"],
        ["added", "d"],
        ["removed", "c"],
      ],
    );
  });
});
