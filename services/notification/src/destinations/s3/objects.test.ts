import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { outgoingEvent } from "../../testing/outgoing-event.ts";
import { objectsOf } from "./objects.ts";

const keysOf = (...batch: Parameters<typeof objectsOf>) => objectsOf(...batch).map(({ key }) => key);

describe("a batch as objects", () => {
  it("becomes one for each hour in which something happened", () => {
    const late = outgoingEvent(3, { time: new Date("2026-03-01T09:00:00Z") });
    const objects = objectsOf([outgoingEvent(1), late, outgoingEvent(2)], "muster/", "s1");
    assert.deepEqual(
      objects.map(({ key, events }) => [key.replace(/-[0-9a-f]{12}$/, ""), events.map(({ position }) => position)]),
      [
        ["muster/2026/03/01/08/s1/7.1-7.2", ["7.1", "7.2"]],
        ["muster/2026/03/01/09/s1/7.3-7.3", ["7.3"]],
      ],
    );
  });

  it("has the same name and order however its events are put together", () => {
    const events = [9, 10, 11].map((n) => outgoingEvent(n));
    assert.deepEqual(objectsOf(events, "", "s1"), objectsOf(events.toReversed(), "", "s1"));
    assert.match(keysOf(events, "", "s1")[0] ?? "", /^2026\/03\/01\/08\/s1\/7\.9-7\.11-/);
  });

  it("orders by transaction, then by sequence, beyond what a number holds exactly", () => {
    const positions = ["9007199254740993.1", "9007199254740992.2", "9007199254740992.10", "8.11"];
    const [object] = objectsOf(
      positions.map((position, n) => outgoingEvent(n, { position })),
      "",
      "s1",
    );
    assert.deepEqual(
      object?.events.map(({ position }) => position),
      ["8.11", "9007199254740992.2", "9007199254740992.10", "9007199254740993.1"],
    );
  });

  it("never has the name of other events, nor of another sink's", () => {
    const [one, two, three] = [1, 2, 3].map((n) => outgoingEvent(n)) as [never, never, never];
    const names = [keysOf([one, two, three], "", "s1"), keysOf([one, three], "", "s1"), keysOf([one, three], "", "s2")];
    assert.equal(new Set(names.flat()).size, 3);
  });

  it("has a name also when it is a test of the sink, which stands nowhere in the stream", () => {
    assert.match(keysOf([outgoingEvent(1, { position: "" })], "a/b", "s1")[0] ?? "", /^a\/b\/.*\/s1\/test-test-/);
  });
});
