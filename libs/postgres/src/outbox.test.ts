import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LARGEST_BODY_BYTES, piecesOf, prepareEvent } from "./outbox.ts";

const AROUND = '{"reason":""}'.length;
const unenrolled = (reason: string) =>
  prepareEvent({ type: "muster.enrollment.v1.DeviceUnenrolled", data: { enrollment: undefined, reason } }, "acme");

describe("an event that is emitted", () => {
  it("has at most the body that the bus takes, in bytes of its JSON", () => {
    assert.equal(Buffer.byteLength(unenrolled("x".repeat(LARGEST_BODY_BYTES - AROUND)).body), LARGEST_BODY_BYTES);
    assert.throws(() => unenrolled("x".repeat(LARGEST_BODY_BYTES - AROUND + 1)), {
      name: "EventTooLarge",
      message: "the event muster.enrollment.v1.DeviceUnenrolled has a body of 921601 bytes, and may have 921600",
    });
    assert.throws(() => unenrolled("\u0001".repeat(LARGEST_BODY_BYTES / 6)), { name: "EventTooLarge" });
  });

  it("names a tenant", () => {
    const data = { enrollment: undefined, reason: "" };
    assert.throws(() => prepareEvent({ type: "muster.enrollment.v1.DeviceUnenrolled", data }, "*"), /names no tenant/);
  });
});

describe("the body of events that are alike", () => {
  it("is cut wherever a place stands, as often as it stands there", () => {
    assert.deepEqual(piecesOf('{"id":"A","of":"B","again":"A"}', ["A", "B"]), [
      '{"id":"',
      0,
      '","of":"',
      1,
      '","again":"',
      0,
      '"}',
    ]);
    assert.deepEqual(piecesOf("AB", ["A", "B"]), ["", 0, "", 1, ""]);
    assert.deepEqual(piecesOf("{}", ["A"]), ["{}"]);
  });
});
