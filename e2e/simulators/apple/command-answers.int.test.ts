import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ALL_ANSWERS } from "./answers/all-answers.ts";
import { COMMAND_RULES } from "./answers/command-rules.ts";
import { issueCertificate } from "./crypto/certificate.ts";
import { openEnvelopedData } from "./crypto/enveloped-data.ts";
import { makeRsaKey } from "./crypto/key-pair.ts";
import { INTEL_MAC } from "./hardware/apple-models.ts";
import { dataOf, type Plist, plistOf } from "./plist/plist-value.ts";
import { writePlist } from "./plist/write-plist.ts";
import { enrolledDevice, errorOf } from "./testing/enrolled-device.ts";

const escrowKey = await makeRsaKey(2048);
const [notBefore, notAfter] = [new Date("2026-01-01T00:00:00Z"), new Date("2046-01-01T00:00:00Z")];
const escrowCertificate = await issueCertificate(
  { subject: [{ CN: ["Escrow"] }], publicKey: escrowKey.publicKey, notBefore, notAfter },
  escrowKey.privateKey,
);

const payload = (PayloadType: string, PayloadUUID: string, more: Plist): Plist => ({
  PayloadType,
  PayloadVersion: 1,
  PayloadIdentifier: `org.example.${PayloadUUID}`,
  PayloadUUID,
  ...more,
});

const profileOf = (...PayloadContent: readonly Plist[]): Buffer =>
  Buffer.from(writePlist({ ...payload("Configuration", "P", {}), PayloadContent }));

describe("a simulated device", () => {
  it("knows an answer to every request type that there is", () => {
    assert.deepEqual(Object.keys(ALL_ANSWERS).sort(), Object.keys(COMMAND_RULES).sort());
  });
});

describe("a Mac's answers", () => {
  it("give the recovery key only sealed: into escrow by a profile, and again when it is rotated", async (t) => {
    const { device, ask } = await enrolledDevice(t, "Mac");
    device.state.fileVaultKey = undefined;
    const info = async (): Promise<Plist> => plistOf((await ask("SecurityInfo"))["SecurityInfo"]);
    assert.equal((await info())["FDE_Enabled"], false);
    await ask("InstallProfile", {
      Payload: profileOf(
        payload("com.apple.MCX.FileVault2", "A", { Enable: "On", Defer: true }),
        payload("com.apple.security.FDERecoveryKeyEscrow", "B", { Location: "here", EncryptCertPayloadUUID: "C" }),
        payload("com.apple.security.pkcs1", "C", { PayloadContent: escrowCertificate }),
      ),
    });
    const open = (sealed: Buffer | undefined): string =>
      openEnvelopedData(sealed ?? Buffer.alloc(0), escrowKey.privateKey).toString();
    const first = device.state.fileVaultKey;
    assert.equal(open(dataOf((await info())["FDE_PersonalRecoveryKeyCMS"])), first);

    const rotate = (Password: string): Promise<Plist> =>
      ask("RotateFileVaultKey", {
        KeyType: "personal",
        FileVaultUnlock: { Password },
        ReplyEncryptionCertificate: escrowCertificate,
      });
    assert.equal((await rotate("a guess"))["Status"], "Error");
    const { RotateResult } = await rotate(first ?? "");
    const second = open(dataOf(plistOf(RotateResult)["EncryptedNewRecoveryKey"]));
    assert.equal(second, device.state.fileVaultKey);
    assert.notEqual(second, first);
  });

  it("keep a recovery lock, which changes only for who knows it", async (t) => {
    const { ask } = await enrolledDevice(t, "Mac");
    assert.equal((await ask("SetRecoveryLock", { NewPassword: "one" }))["Status"], "Acknowledged");
    assert.equal((await ask("SetRecoveryLock", { NewPassword: "two", CurrentPassword: "x" }))["Status"], "Error");
    assert.equal((await ask("VerifyRecoveryLock", { Password: "one" }))["PasswordVerified"], true);
    assert.equal((await ask("VerifyRecoveryLock", { Password: "two" }))["PasswordVerified"], false);
    assert.equal(plistOf((await ask("SecurityInfo"))["SecurityInfo"])["IsRecoveryLockEnabled"], true);
  });

  it("with Intel processors take a firmware password over when they start, and have no recovery lock", async (t) => {
    const { ask, device } = await enrolledDevice(t, "Mac", { model: INTEL_MAC });
    const status = async () => plistOf(plistOf((await ask("SecurityInfo"))["SecurityInfo"])["FirmwarePasswordStatus"]);
    assert.equal((await ask("SetRecoveryLock", { NewPassword: "one" }))["Status"], "Error");
    assert.equal((await ask("SetFirmwarePassword", { NewPassword: "one" }))["Status"], "Acknowledged");
    assert.deepEqual(await status(), { PasswordExists: false, ChangePending: true, AllowOroms: false });
    assert.equal((await ask("SetFirmwarePassword", { NewPassword: "two" }))["Status"], "Error");
    await ask("RestartDevice");
    assert.equal(device.state.firmwarePassword, "one");
    assert.equal((await ask("SetFirmwarePassword", { NewPassword: "two", CurrentPassword: "x" }))["Status"], "Error");
    const verified = async (Password: string) =>
      plistOf((await ask("VerifyFirmwarePassword", { Password }))["VerifyFirmwarePassword"])["PasswordVerified"];
    assert.deepEqual([await verified("one"), await verified("two")], [true, false]);
  });

  it("need a PIN of six digits to lock, after which it is silent until somebody types it", async (t) => {
    const { server, device, ask } = await enrolledDevice(t, "Mac");
    assert.equal((await ask("DeviceLock"))["Status"], "CommandFormatError");
    assert.equal((await ask("DeviceLock", { PIN: "123456", Message: "mine" }))["Status"], "Acknowledged");
    assert.deepEqual([device.state.lockPin, device.ledger.of("locked")[0]?.message], ["123456", "mine"]);
    const before = server.reports.all().length;
    device.channel.pushed();
    await device.poll();
    assert.equal(server.reports.all().length, before);
    await device.unlock();
    await device.poll();
    assert.equal(server.reports.all().length, before + 1);
  });

  it("come on a channel for each user, whose commands are not the device's", async (t) => {
    const { server, device } = await enrolledDevice(t, "Mac");
    const channel = await device.signIn("ada");
    const update = server.checkins.all().at(-1)?.message;
    assert.deepEqual([update?.["MessageType"], update?.["UserShortName"]], ["TokenUpdate", "ada"]);
    assert.deepEqual(update?.["Token"], channel.pushToken);
    assert.notDeepEqual(channel.pushToken, device.channel.pushToken);
    const own = server.enqueue("ProfileList", {}, "ada");
    const lock = server.enqueue("DeviceLock", { PIN: "123456" }, "ada");
    await device.poll();
    assert.equal(device.ledger.count("command"), 0);
    channel.pushed();
    assert.equal((await server.report(own))["UserShortName"], "ada");
    assert.equal(errorOf(await server.report(lock)), 12021);
  });

  it("give the server a bootstrap token, and take back what it keeps, which may be nothing", async (t) => {
    const { server, device } = await enrolledDevice(t, "Mac");
    const set = server.checkins.all().at(-1)?.message;
    assert.deepEqual(
      [set?.["MessageType"], set?.["BootstrapToken"]],
      ["SetBootstrapToken", device.state.bootstrapToken],
    );
    assert.equal(await device.fetchBootstrapToken(), undefined);
    server.answers.reply = () => ({ body: writePlist({ BootstrapToken: Buffer.from("kept") }) });
    assert.deepEqual(await device.fetchBootstrapToken(), Buffer.from("kept"));
    server.answers.reply = () => ({ body: writePlist({ TokenData: Buffer.from("a jwt") }) });
    assert.deepEqual(await device.fetchServiceToken("com.apple.maid"), Buffer.from("a jwt"));
  });
});

describe("a Mac that a directory's users log in on", () => {
  it("asks whether they are managed, and has a channel only for those who are", async (t) => {
    const { server, device } = await enrolledDevice(t, "Mac");
    server.answers.reply = ({ message }) =>
      message["MessageType"] === "UserAuthenticate" ? { status: 410 } : undefined;
    assert.equal(await device.signInFromDirectory("eve"), undefined);
    assert.equal(server.checkins.all().at(-1)?.message["UserShortName"], "eve");
    server.answers.reply = ({ message }) =>
      message["MessageType"] === "UserAuthenticate" && message["DigestResponse"] === undefined
        ? { body: writePlist({ DigestChallenge: "" }) }
        : undefined;
    assert.equal((await device.signInFromDirectory("ada"))?.name, "ada");
    const said = server.checkins.all().map(({ message }) => message["MessageType"]);
    assert.deepEqual(said.slice(-3), ["UserAuthenticate", "UserAuthenticate", "TokenUpdate"]);
  });
});

describe("an iPhone's answers", () => {
  it("clear the passcode only with the token that it gave into escrow", async (t) => {
    const { device, ask } = await enrolledDevice(t, "iPhone");
    const { unlockToken } = device.state;
    assert.equal(errorOf(await ask("ClearPasscode", { UnlockToken: Buffer.from("a guess") })), 12019);
    assert.notEqual(device.state.passcode, undefined);
    assert.equal((await ask("ClearPasscode", { UnlockToken: unlockToken }))["Status"], "Acknowledged");
    assert.equal(plistOf((await ask("SecurityInfo"))["SecurityInfo"])["PasscodePresent"], false);
  });

  it("say where it is only while it is lost, which only a supervised one can be", async (t) => {
    const free = await enrolledDevice(t, "iPhone");
    assert.equal(errorOf(await free.ask("EnableLostMode", { Message: "lost" })), 12007);
    const { ask, device } = await enrolledDevice(t, "iPhone", { supervised: true });
    assert.equal((await ask("DeviceLocation"))["Status"], "Error");
    await ask("EnableLostMode", { Message: "lost", PhoneNumber: "+491" });
    const { Latitude, HorizontalAccuracy } = await ask("DeviceLocation");
    assert.ok(Latitude !== undefined && HorizontalAccuracy !== undefined);
    assert.equal(device.state.lostMode?.message, "lost");
    await ask("DisableLostMode");
    assert.equal((await ask("PlayLostModeSound"))["Status"], "Error");
  });

  it("end with an erasure: it reports, and nobody hears of it again until it is enrolled", async (t) => {
    const { server, device, ask } = await enrolledDevice(t, "iPhone");
    const passcode = device.state.passcode;
    assert.equal((await ask("EraseDevice"))["Status"], "Acknowledged");
    assert.equal(device.enrollment, undefined);
    assert.notEqual(device.state.passcode, passcode);
    const messages = server.checkins.all().map(({ message }) => message["MessageType"]);
    assert.deepEqual(messages, ["Authenticate", "TokenUpdate"]);
    const before = server.reports.all().length;
    await device.poll();
    assert.equal(server.reports.all().length, before);
  });

  it("come from a new enrollment when the erasure sent a profile along", async (t) => {
    const { server, device, ask } = await enrolledDevice(t, "iPhone");
    const ReturnToService = { Enabled: true, MDMProfileData: server.profile() };
    await ask("EraseDevice", { ReturnToService });
    await device.ledger.wait("enrolled", ({ how }) => how === "return to service");
    assert.equal(server.checkins.all().length, 4);
  });

  it("do not say what comes after an erasure: that is asked of the server", async (t) => {
    const { server, device } = await enrolledDevice(t, "iPhone");
    assert.equal(await device.fetchReturnToService(), undefined);
    const ReturnToService = { Enabled: true, MDMProfileData: Buffer.from("a profile") };
    server.answers.reply = () => ({ body: writePlist({ ReturnToService }) });
    assert.deepEqual((await device.fetchReturnToService())?.profile, ReturnToService.MDMProfileData);
  });

  it("tell of each setting by itself", async (t) => {
    const { device, ask } = await enrolledDevice(t, "iPhone", { supervised: true });
    const { Settings } = await ask("Settings", {
      Settings: [
        { Item: "DeviceName", DeviceName: "Reception" },
        { Item: "HostName", HostName: "reception" },
        { Item: "TimeZone", TimeZone: "Asia/Tokyo" },
        { Item: "Nothing" },
      ],
    });
    assert.deepEqual(
      (Settings as readonly Plist[]).map(({ Status }) => Status),
      ["Acknowledged", "Error", "Acknowledged", "Error"],
    );
    assert.equal(device.state.deviceName, "Reception");
    const { QueryResponses } = await ask("DeviceInformation", { Queries: ["DeviceName", "TimeZone"] });
    assert.deepEqual(QueryResponses, { DeviceName: "Reception", TimeZone: "Asia/Tokyo" });
  });

  it("keep apart the apps that its server put there from its owner's", async (t) => {
    const { device, ask } = await enrolledDevice(t, "iPhone");
    assert.equal((await ask("InstallApplication", { Identifier: "org.example.crm" }))["State"], "Installing");
    assert.equal((await ask("InstallApplication", {}))["Status"], "CommandFormatError");
    const { ManagedApplicationList } = await ask("ManagedApplicationList");
    assert.deepEqual(Object.keys(ManagedApplicationList as Plist), ["org.example.crm"]);
    const { InstalledApplicationList } = await ask("InstalledApplicationList", {
      ManagedAppsOnly: true,
      Items: ["Name"],
    });
    assert.deepEqual(InstalledApplicationList, [{ Identifier: "org.example.crm", Name: "crm" }]);
    const [theirs = ""] = [...device.state.apps.keys()];
    assert.equal((await ask("RemoveApplication", { Identifier: theirs }))["Status"], "Error");
    assert.equal((await ask("RemoveApplication", { Identifier: "org.example.crm" }))["Status"], "Acknowledged");
    assert.equal(device.state.managedApps.size, 0);
  });
});

describe("a Shared iPad's answers", () => {
  it("list its users, of whom one at a time is logged in and has a channel", async (t) => {
    const { server, device, ask } = await enrolledDevice(t, "iPad", { supervised: true, sharedIpad: true });
    await device.signIn("ada@example.org");
    await device.signIn("ben@example.org");
    const update = server.checkins.all().at(-1)?.message;
    assert.deepEqual(
      [update?.["UserID"], update?.["UserShortName"]],
      ["FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "ben@example.org"],
    );
    const users = (await ask("UserList"))["Users"] as readonly Plist[];
    assert.deepEqual(
      users.map(({ UserName, IsLoggedIn }) => [UserName, IsLoggedIn]),
      [
        ["ada@example.org", false],
        ["ben@example.org", true],
      ],
    );
    assert.equal((await ask("DeleteUser", { UserName: "ben@example.org" }))["Status"], "Error");
    assert.equal((await ask("DeleteUser", { UserName: "ada@example.org" }))["Status"], "Acknowledged");
  });
});
