import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { describe, it } from "node:test";
import { testDevice } from "../simulators/apple/testing/test-device.ts";
import { platformOverADoor } from "./platform-over-a-door.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

describe("what the platform and a simulated device each read in Apple's protocol", () => {
  it("is the same from the profile over SCEP to the check-in, and at a renewal", async (t) => {
    const platform = platformOverADoor(privateKey);
    const device = testDevice(t, "iPhone", { door: platform.door });
    await device.enrollFrom(platform.enrollUrl);
    const [first, second] = platform.checkins;
    assert.equal(first?.type, "Authenticate");
    assert.equal(first.claim.serialNumber, device.hardware.serial);
    assert.equal(second?.type, "TokenUpdate");
    assert.deepEqual(
      [second.token, second.pushMagic, second.unlockToken],
      [device.channel.pushToken, device.channel.pushMagic, device.state.unlockToken],
    );
    platform.ask("c1", { RequestType: "InstallProfile", Payload: platform.profile() });
    await device.poll();
    assert.deepEqual(
      platform.reports.map(({ status }) => status),
      ["Idle", "Acknowledged"],
    );
    assert.deepEqual(platform.requests, ["PKCSReq aes128 sha256", "PKCSReq aes128 sha256"]);
    await device.removeManagement();
    assert.equal(platform.checkins.at(-1)?.type, "CheckOut");
  });

  it("is the same of a refusal by SCEP", async (t) => {
    const platform = platformOverADoor(privateKey);
    const device = testDevice(t, "iPad", { door: platform.door });
    const profile = platform.profile();
    platform.challenges.clear();
    await assert.rejects(device.enrollWith(profile), { failInfo: "2" });
  });

  it("is the same of commands, answers and errors, and of secrets that leave a device sealed", async (t) => {
    const platform = platformOverADoor(privateKey);
    const mac = testDevice(t, "Mac", { door: platform.door });
    mac.state.fileVaultKey = "AAAA-BBBB";
    await mac.enrollFrom(platform.enrollUrl);
    platform.ask("c1", {
      RequestType: "DeviceInformation",
      Queries: ["SerialNumber", "DeviceCapacity", "IsSupervised"],
    });
    platform.ask("c2", { RequestType: "MakeCoffee" });
    platform.ask("c3", {
      RequestType: "RotateFileVaultKey",
      KeyType: "personal",
      FileVaultUnlock: { Password: "AAAA-BBBB" },
      ReplyEncryptionCertificate: platform.ca.certificate,
    });
    await mac.poll();
    const [, information, error, rotation] = platform.reports;
    assert.ok(
      information?.status === "Acknowledged" && error?.status === "Error" && rotation?.status === "Acknowledged",
    );
    assert.deepEqual(
      { ...(information.response["QueryResponses"] as object) },
      { SerialNumber: mac.hardware.serial, DeviceCapacity: mac.hardware.capacityGb, IsSupervised: true },
    );
    assert.deepEqual(
      error.errorChain.map(({ code, domain }) => [code, domain]),
      [[12021, "MCMDMErrorDomain"]],
    );
    const { EncryptedNewRecoveryKey: sealed } = rotation.response["RotateResult"] as Record<string, Uint8Array>;
    assert.equal(platform.open(sealed ?? new Uint8Array()), mac.state.fileVaultKey);
  });
});
