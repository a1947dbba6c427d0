import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkImported, importKeys, releasable } from "./imported-device.ts";

describe("a device that another server knew", () => {
  it("is found by its UDID in any spelling, or by its serial number", () => {
    const one = importKeys({ udid: "7C3F1D52-9B1E-4A54-8A0E-6F1F3B9D2C11", serialNumber: " c02xl0ax " });
    const other = importKeys({ udid: "7c3f1d529b1e4a548a0e6f1f3b9d2c11", serialNumber: "C02XL0AX" });
    assert.deepEqual(one, other);
    assert.equal(importKeys({ udid: "00008110-001A2B3C4D5E", serialNumber: "" }).udid, "00008110-001a2b3c4d5e");
  });

  it("has to be one that can be found", () => {
    for (const odd of [
      { udid: "", serialNumber: "" },
      { udid: "", serialNumber: "none" },
      { udid: "x".repeat(101), serialNumber: "" },
    ])
      assert.throws(() => checkImported({ ...odd, secrets: {} }), { code: "import.bad_device" });
  });

  it("gives a bootstrap token, which a Mac may ask back, only to one that its maker vouched for", () => {
    const kinds = ["bootstrap_token", "disk_recovery_key"] as const;
    assert.deepEqual(releasable(kinds, "profile"), ["disk_recovery_key"]);
    assert.deepEqual(releasable(kinds, "automated"), [...kinds]);
    assert.deepEqual(releasable(kinds, "over_the_air"), [...kinds]);
  });
});
