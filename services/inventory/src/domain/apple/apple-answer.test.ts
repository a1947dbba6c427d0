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

  it("lists what the organization installed, and how far that is", () => {
    const list = {
      "com.example.mail": { Status: "Managed", ManagementFlags: 1, HasConfiguration: true, HasFeedback: false },
      "com.example.map": { Status: "UserRejected" },
      nonsense: "Managed",
    };
    assert.deepEqual(readAppleAnswer("ManagedApplicationList", { ManagedApplicationList: list })?.rows, [
      {
        identifier: "com.example.mail",
        status: "Managed",
        has_configuration: "true",
        has_feedback: "false",
        validated: "",
      },
      { identifier: "com.example.map", status: "UserRejected", has_configuration: "", has_feedback: "", validated: "" },
    ]);
    assert.deepEqual(readAppleAnswer("ManagedApplicationList", {})?.rows, []);
  });

  it("lists a Mac's users, and the updates there are for it", () => {
    const users = [
      { UserName: "ada", FullName: "Ada", UID: 501, UserGUID: "G", IsLoggedIn: true, HasSecureToken: true },
    ];
    assert.deepEqual(readAppleAnswer("UserList", { Users: users }), {
      fact: "apple_users",
      rows: [
        {
          username: "ada",
          full_name: "Ada",
          uid: "501",
          uuid: "G",
          logged_in: "true",
          secure_token: "true",
          mobile_account: "",
        },
      ],
    });
    const updates = [{ ProductKey: "K", HumanReadableName: "macOS 15.2", Version: "15.2", RestartRequired: true }];
    const available = readAppleAnswer("AvailableOSUpdates", { AvailableOSUpdates: updates });
    assert.deepEqual(
      [available?.fact, available?.rows[0]?.["version"], available?.rows[0]?.["restart_required"]],
      ["apple_available_updates", "15.2", "true"],
    );
    const status = [{ ProductKey: "K", IsDownloaded: false, DownloadPercentComplete: 0.5, Status: "Downloading" }];
    assert.equal(readAppleAnswer("OSUpdateStatus", { OSUpdateStatus: status })?.rows[0]?.["download_percent"], "0.5");
    const profiles = [{ Name: "In house", UUID: "U", ExpiryDate: "2030-01-01T00:00:00Z" }];
    assert.deepEqual(readAppleAnswer("ProvisioningProfileList", { ProvisioningProfileList: profiles })?.rows, [
      { name: "In house", uuid: "U", expires: "2030-01-01T00:00:00Z" },
    ]);
  });

  it("tells whether Activation Lock is on, can be, and can be managed", () => {
    const answers = {
      OSVersion: "18.1",
      ProductName: "iPhone16,1",
      IsActivationLockEnabled: true,
      IsActivationLockSupported: true,
    };
    const row = readAppleAnswer("DeviceInformation", { QueryResponses: answers })?.rows[0];
    assert.deepEqual([row?.["is_activation_lock_enabled"], row?.["is_activation_lock_supported"]], ["true", "true"]);
    const security = { ManagementStatus: { IsActivationLockManageable: true } };
    assert.deepEqual(readAppleAnswer("SecurityInfo", { SecurityInfo: security })?.rows, [
      { management_status_is_activation_lock_manageable: "true" },
    ]);
  });

  it("makes no fact of what was asked by name alone, or of what nobody asked", () => {
    assert.equal(readAppleAnswer("DeviceInformation", { QueryResponses: { OSVersion: "18.1" } }), undefined);
    assert.equal(readAppleAnswer("DeviceInformation", {}), undefined);
    assert.equal(readAppleAnswer("ActiveNSExtensions", {}), undefined);
  });
});
