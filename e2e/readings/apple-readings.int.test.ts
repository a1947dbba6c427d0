import assert from "node:assert/strict";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { describe, it } from "node:test";
import { verifySignedData } from "@muster/apple-protocol/cms/verify-signed-data";
import { readMachineInfo } from "@muster/apple-protocol/mdm/machine-info";
import { readPlist } from "@muster/apple-protocol/plist/read-plist";
import { writePlist } from "@muster/apple-protocol/plist/write-plist";
import { makeDeviceAuthority } from "../simulators/apple/hardware/device-authority.ts";
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

  it("is the same of who a device is before it enrolls, as its maker vouches for it", async (t) => {
    const platform = platformOverADoor(privateKey);
    const factory = await makeDeviceAuthority();
    const device = testDevice(t, "iPad", { door: platform.door, factory });
    await device.enrollAutomated({ url: platform.automatedUrl, supervised: true, awaitDeviceConfigured: true });
    const { content, signer, certificates } = verifySignedData(platform.posted[0] ?? Buffer.alloc(0));
    assert.ok(factory.chain[0] && signer.verify(new X509Certificate(factory.chain[0]).publicKey));
    assert.equal(certificates.length, 1 + factory.chain.length);
    const { serialNumber, udid, product, osVersion, canUpdateFirst } = readMachineInfo(readPlist(content));
    const { hardware } = device;
    assert.deepEqual(
      [serialNumber, udid, product, osVersion, canUpdateFirst],
      [hardware.serial, hardware.udid, hardware.model.product, hardware.os.version, true],
    );
    const update = platform.checkins.at(-1);
    assert.ok(update?.type === "TokenUpdate" && update.awaitingConfiguration === true);
  });

  it("is the same of a Mac's users, its bootstrap token, and what it declares", async (t) => {
    const platform = platformOverADoor(privateKey);
    const mac = testDevice(t, "Mac", { door: platform.door });
    await mac.enrollFrom(platform.enrollUrl);
    const set = platform.checkins.at(-1);
    assert.ok(set?.type === "SetBootstrapToken");
    assert.deepEqual(set.bootstrapToken, mac.state.bootstrapToken);
    platform.answers.set("GetBootstrapToken", writePlist({ BootstrapToken: Buffer.from("kept") }));
    assert.deepEqual(await mac.fetchBootstrapToken(), Buffer.from("kept"));
    const user = await mac.signIn("ada");
    const update = platform.checkins.at(-1);
    assert.ok(update?.type === "TokenUpdate" && update.sender.userShortName === "ada");
    assert.deepEqual(update.token, user.pushToken);

    const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
    const none = { Activations: [], Configurations: [], Assets: [], Management: [] };
    platform.answers.set("DeclarativeManagement tokens", json({ SyncTokens: { DeclarationsToken: "t" } }));
    platform.answers.set(
      "DeclarativeManagement declaration-items",
      json({ Declarations: none, DeclarationsToken: "t" }),
    );
    platform.ask("c1", { RequestType: "DeclarativeManagement" });
    await mac.poll();
    const status = platform.checkins.at(-1);
    assert.ok(status?.type === "DeclarativeManagement" && status.endpoint === "status");
    assert.equal((JSON.parse(status.data.toString()) as { FullReport: boolean }).FullReport, true);
  });

  it("is the same of a personal device, which is known by its enrollment alone", async (t) => {
    const platform = platformOverADoor(privateKey);
    const device = testDevice(t, "iPhone", { door: platform.door });
    await device.enrollWith(platform.profile("BYOD"));
    const [first] = platform.checkins;
    assert.ok(first?.type === "Authenticate");
    assert.equal(first.claim.serialNumber, "");
    const { hardwareId, isUserEnrollment } = first.sender;
    assert.deepEqual([hardwareId, isUserEnrollment], [device.enrollment?.ids["EnrollmentID"], true]);
  });
});
