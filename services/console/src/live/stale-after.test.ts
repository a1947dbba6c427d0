import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { staleAfter } from "./stale-after.ts";

describe("what is asked for again after an event", () => {
  it("is the device alone when only its facts changed, and how many there are of a system", () => {
    const stale = staleAfter({ type: "muster.inventory.v1.DeviceFactsChanged", deviceId: "d1" });
    assert.deepEqual(stale, ["devices/d1", "device-counts"]);
  });

  it("is every list of devices when one came or went", () => {
    assert.ok(staleAfter({ type: "muster.enrollment.v1.DeviceEnrolled", deviceId: "d1" }).includes("devices"));
  });

  it("is the list of what devices sent when another archive is whole", () => {
    assert.deepEqual(staleAfter({ type: "muster.inventory.v1.CarveCompleted", deviceId: "d1" }), ["carves"]);
  });

  it("is nothing for an event that this page does not know", () => {
    assert.deepEqual(staleAfter({ type: "muster.moon.v1.MoonRose", deviceId: "" }), []);
  });
});
