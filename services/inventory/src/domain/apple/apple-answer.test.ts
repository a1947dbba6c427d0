import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readAppleAnswer } from "./apple-answer.ts";

describe("an answer of an Apple device", () => {
  it("is a fact with the names that all facts have", () => {
    const answers = {
      OSVersion: "18.1",
      ProductName: "iPhone16,1",
      DeviceCapacity: 119.1,
      WiFiMAC: "aa:bb",
      IsSupervised: true,
    };
    assert.deepEqual(readAppleAnswer("DeviceInformation", { QueryResponses: answers }), {
      fact: "apple_device",
      rows: [
        {
          os_version: "18.1",
          product_name: "iPhone16,1",
          device_capacity_gb: "119.1",
          wi_fi_mac: "aa:bb",
          is_supervised: "true",
        },
      ],
    });
    const security = { FDE_Enabled: true, FirewallSettings: { StealthMode: false, Applications: [{ Name: "x" }] } };
    assert.deepEqual(readAppleAnswer("SecurityInfo", { SecurityInfo: security })?.rows, [
      { fde_enabled: "true", firewall_settings_stealth_mode: "false", firewall_settings_applications: "" },
    ]);
  });

  it("lists software, profiles and certificates", () => {
    const apps = [{ Name: "Notes", ShortVersion: "4.11", Identifier: "com.apple.Notes" }, "nonsense"];
    assert.deepEqual(readAppleAnswer("InstalledApplicationList", { InstalledApplicationList: apps }), {
      fact: "apple_apps",
      rows: [{ name: "Notes", version: "4.11", vendor: "com.apple.Notes" }],
    });
    const profiles = [{ PayloadIdentifier: "a.b", PayloadUUID: "U", IsManaged: true }];
    assert.equal(readAppleAnswer("ProfileList", { ProfileList: profiles })?.rows[0]?.["managed"], "true");
    const certificates = [{ CommonName: "Root", IsIdentity: false, Data: "AA==" }];
    assert.match(
      readAppleAnswer("CertificateList", { CertificateList: certificates })?.rows[0]?.["sha256"] ?? "",
      /^6e34/,
    );
  });

  it("makes no fact of what was asked by name alone, or of what nobody asked", () => {
    assert.equal(readAppleAnswer("DeviceInformation", { QueryResponses: { OSVersion: "18.1" } }), undefined);
    assert.equal(readAppleAnswer("DeviceInformation", {}), undefined);
    assert.equal(readAppleAnswer("UserList", {}), undefined);
  });
});
