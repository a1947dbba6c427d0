import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isForeign, keptAttested } from "./attested-device.ts";

const attested = { serialNumber: "C02A", udid: "00008110-0123456789ABCDEF", osVersion: "18.1", sepOsVersion: "18.1" };
const known = { ownership: "corporate", expectedSerial: "", hardwareId: undefined, claim: undefined } as const;
const claim = { serialNumber: "C02A" } as Parameters<typeof isForeign>[1]["claim"];

describe("what a maker attests of a device", () => {
  it("has to name the serial number that is expected and that the device says", () => {
    assert.equal(isForeign(attested, known), false);
    assert.equal(isForeign(attested, { ...known, expectedSerial: "C02A", claim }), false);
    assert.equal(isForeign(attested, { ...known, expectedSerial: "C02B", claim }), true);
    assert.equal(isForeign({ ...attested, serialNumber: "C02B" }, { ...known, claim }), true);
    assert.equal(isForeign({ ...attested, serialNumber: "" }, known), true);
  });

  it("has to name the UDID that the device enrolls with, but of a Mac, which enrolls with another", () => {
    assert.equal(isForeign(attested, { ...known, hardwareId: attested.udid.toLowerCase() }), false);
    assert.equal(isForeign(attested, { ...known, hardwareId: "00008110-FEDCBA9876543210" }), true);
    assert.equal(isForeign(attested, { ...known, hardwareId: "6B29FC40-CA47-1067-B31D-00DD010662DA" }), false);
  });

  it("names no person's own device", () => {
    const nameless = { ...attested, serialNumber: "", udid: "" };
    const own = { ...known, ownership: "personal" } as const;
    assert.equal(isForeign(nameless, own), false);
    assert.equal(isForeign(attested, { ...own, hardwareId: "00008110-FEDCBA9876543210" }), true);
    assert.deepEqual(keptAttested("personal", attested), nameless);
    assert.deepEqual(keptAttested("corporate", attested), attested);
  });
});
