import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { outgoingEvent } from "../../testing/outgoing-event.ts";
import { bodyOf, CALL_BYTES, callsOf, fits, type Row, rowOf } from "./calls.ts";

/** A row of so many bytes. */
const rowOfSize = (n: number, bytes: number): Row => {
  const empty = rowOf(outgoingEvent(n, { text: '{"t":""}' }));
  return rowOf(outgoingEvent(n, { text: `{"t":"${"x".repeat(bytes - empty.json.length)}"}` }));
};
const sizesOf = (rows: readonly Row[]) => callsOf(rows).map((call) => Buffer.byteLength(bodyOf(call)));

describe("calls of the Logs Ingestion API", () => {
  it("carry rows with the time that a table has to have", () => {
    const [call] = callsOf([rowOf(outgoingEvent(1)), rowOf(outgoingEvent(2))]);
    assert.deepEqual(JSON.parse(bodyOf(call ?? [])), [
      { TimeGenerated: "2026-03-01T08:00:00.000Z", n: 1 },
      { TimeGenerated: "2026-03-01T08:00:00.000Z", n: 2 },
    ]);
  });

  it("are as full as the limit allows, and never fuller", () => {
    const half = CALL_BYTES / 2;
    // Two rows, with brackets and a comma.
    assert.deepEqual(sizesOf([rowOfSize(1, half - 1), rowOfSize(2, half - 2)]), [CALL_BYTES]);
    assert.deepEqual(sizesOf([rowOfSize(1, half - 1), rowOfSize(2, half - 1)]), [half + 1, half + 1]);
  });

  it("count bytes and not characters", () => {
    const wide = rowOf(outgoingEvent(1, { text: `{"t":"${"東".repeat(200_000)}"}` }));
    assert.equal(callsOf([wide, wide]).length, 2);
    assert.ok(fits(wide));
    assert.ok(!fits(rowOf(outgoingEvent(1, { text: `{"t":"${"東".repeat(340_000)}"}` }))));
  });

  it("are as many as needed, in order, and none for no rows", () => {
    assert.deepEqual(callsOf([]), []);
    const rows = Array.from({ length: 25 }, (_, n) => rowOfSize(n, 99_000));
    const calls = callsOf(rows);
    assert.deepEqual(
      calls.map(({ length }) => length),
      [10, 10, 5],
    );
    assert.deepEqual(calls.flat(), rows);
  });

  it("have room for a row that just fits alone", () => {
    assert.deepEqual([fits(rowOfSize(1, CALL_BYTES - 2)), fits(rowOfSize(1, CALL_BYTES - 1))], [true, false]);
    assert.deepEqual(sizesOf([rowOfSize(1, CALL_BYTES - 2)]), [CALL_BYTES]);
  });
});
