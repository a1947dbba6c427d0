import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { newIds } from "./new-ids.ts";
import { eventsOf, LARGEST_BODY_BYTES, prepareEvent } from "./outbox.ts";
import { Uuids } from "./uuids.ts";

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

describe("events that are alike", () => {
  it("name their device and the id of their own wherever these stand", () => {
    const [device, own, standing, ownStanding] = newIds(4);
    assert.ok(device && own && standing && ownStanding);
    const like = unenrolled(`100% of ${standing}, ${ownStanding} and ${standing}`);
    const events = eventsOf({
      like,
      deviceIds: Uuids.of([device]),
      ownIds: Uuids.of([own]),
      stands: { deviceId: standing, ownId: ownStanding },
    });
    assert.deepEqual(events, [{ ...unenrolled(`100% of ${device}, ${own} and ${device}`), device_id: device }]);
  });
});
