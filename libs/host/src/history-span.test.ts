import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bucketsOf, historySpan } from "./history-span.ts";

const NOON = new Date("2026-03-10T12:20:00Z");
const since = (text: string) => historySpan({ since: new Date(text), until: undefined }, NOON);

describe("the span of a history", () => {
  it("is told hour by hour, and over more than eight days day by day", () => {
    assert.equal(
      historySpan({ since: undefined, until: undefined }, NOON).start.toISOString(),
      "2026-03-09T12:20:00.000Z",
    );
    assert.deepEqual([since("2026-03-02T12:20:00Z").unit, since("2026-03-02T12:19:00Z").unit], ["hour", "day"]);
  });

  it("neither ends before it begins nor is longer than 800 days", () => {
    for (const bad of ["2026-03-10T12:21:00Z", "2023-12-31T00:00:00Z"])
      assert.throws(() => since(bad), { code: "list.bad_span" });
  });

  it("has a part of an hour at both of its ends", () => {
    assert.deepEqual(
      bucketsOf(since("2026-03-10T10:30:00Z")).map((at) => at.toISOString().slice(11, 16)),
      ["10:30", "11:00", "12:00", "12:20"],
    );
  });
});
