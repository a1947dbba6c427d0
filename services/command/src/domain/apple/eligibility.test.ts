import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AppleDevice } from "./apple-device.ts";
import { factsOf, REQUEST_TYPES } from "./catalogue/catalogue.ts";
import { ALL_RIGHTS, RIGHT } from "./catalogue/command-facts.ts";
import { isBefore, whyNotEligible } from "./eligibility.ts";

const mac: AppleDevice = {
  platform: "macos",
  osVersion: "15.1",
  supervised: true,
  automated: true,
  personal: false,
  accessRights: ALL_RIGHTS,
};
const iphone: AppleDevice = { ...mac, platform: "ios", osVersion: "18.1" };

const why = (requestType: string, device: AppleDevice, channel: "device" | "user" = "device") => {
  const facts = factsOf(requestType);
  assert.ok(facts, requestType);
  return whyNotEligible(requestType, facts, device, channel)?.code;
};

describe("whether a device may be asked a command", () => {
  it("holds every command of Apple's but the one no device answers any more", () => {
    assert.equal(REQUEST_TYPES.length, 67);
  });

  it("lets through what platform, version, supervision, rights and channel allow", () => {
    assert.equal(why("DeviceInformation", mac), undefined);
    assert.equal(why("EraseDevice", mac), undefined);
    assert.equal(why("EnableLostMode", iphone), undefined);
    assert.equal(why("InstallProfile", mac, "user"), undefined);
  });

  it("names what is in the way", () => {
    assert.equal(why("EnableLostMode", mac), "command.unsupported_platform");
    assert.equal(why("SetRecoveryLock", { ...mac, osVersion: "11.4" }), "command.unsupported_version");
    assert.equal(why("ScheduleOSUpdate", { ...mac, osVersion: "27.0" }), "command.unsupported_version");
    assert.equal(why("RestartDevice", { ...iphone, supervised: false }), "command.not_supervised");
    assert.equal(why("DeviceConfigured", { ...mac, automated: false }), "command.not_automated");
    assert.equal(why("EraseDevice", { ...mac, accessRights: ALL_RIGHTS - RIGHT.erase }), "command.right_missing");
    assert.equal(why("DeviceLock", mac, "user"), "command.wrong_channel");
    assert.equal(why("ActiveNSExtensions", mac), "command.wrong_channel");
    assert.equal(
      why("TriggerEnhancedLogCollection", { ...mac, osVersion: "26.4" }, "user"),
      "command.unsupported_version",
    );
    assert.equal(why("TriggerEnhancedLogCollection", { ...mac, osVersion: "27.0" }), "command.wrong_channel");
  });

  it("never erases, locates or strips a person's own device", () => {
    const own = { ...iphone, personal: true, supervised: true };
    for (const requestType of ["EraseDevice", "DeviceLocation", "EnableLostMode", "ClearPasscode", "RestartDevice"]) {
      assert.equal(why(requestType, own), "command.ownership_forbids", requestType);
    }
    assert.equal(why("DeviceLock", own), undefined);
  });

  it("compares versions number by number", () => {
    assert.equal(isBefore("9.3", "10"), true);
    assert.equal(isBefore("10.0", "10"), false);
    assert.equal(isBefore("10.13.4", "10.13.6"), true);
    assert.equal(isBefore("11", "10.15.7"), false);
  });
});
