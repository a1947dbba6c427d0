import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { type Writable, writePlist } from "@muster/apple-protocol/plist/write-plist";
import { CommandState, CommandType } from "@muster/contracts/gen/muster/command/v1/command";
import { EscrowProof } from "@muster/contracts/gen/muster/command/v1/command_events";
import type { EnqueueCommandsRequest } from "@muster/contracts/gen/muster/command/v1/command_service";
import { SecretKind } from "@muster/contracts/gen/muster/enrollment/v1/apple";
import { Ownership, Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { eventually } from "@muster/testkit/eventually";
import { sql } from "kysely";
import { type AppleTestDevice, type AppleTestEnrollment, enrollApple, settledApple } from "./testing/apple-device.ts";
import { type CommandProcess, startCommand } from "./testing/command-process.ts";
import { type EscrowAnswers, startEscrowAnswers } from "./testing/escrow-answers.ts";
import { appleOrder, ordersTo, withoutScript } from "./testing/orders.ts";
import { startTestPlatform, type TestPlatform } from "./testing/test-platform.ts";

const PATIENCE_MS = 60_000;

describe("secrets of Apple devices", () => {
  let platform: TestPlatform;
  let escrow: EscrowAnswers;
  let service: CommandProcess;
  const settings: Record<string, string> = { MUSTER_MASTER_KEY: randomBytes(32).toString("base64") };
  const logs: string[] = [];
  const start = async () => {
    service = await startCommand(platform.database.url, platform.bus.url, settings);
  };
  before(async () => {
    platform = await startTestPlatform();
    escrow = await startEscrowAnswers();
    settings["MUSTER_ENROLLMENT_GRPC"] = escrow.address;
    await start();
  });
  after(async () => {
    await service?.stop();
    await escrow?.stop();
    await platform?.stop();
  });

  const settled = (rest?: AppleTestEnrollment) => settledApple(platform, service.url, rest);
  const phone = () => settled({ platform: Platform.PLATFORM_IOS });
  const ask = ({ deviceId }: AppleTestDevice, rest: Partial<EnqueueCommandsRequest>) =>
    ordersTo(service, platform).ask(deviceId, { runScript: undefined, ...rest });
  const raw = (command: Writable) => appleOrder("", {}, { rawPlist: writePlist(command).toString() });
  const get = (id: string) => ordersTo(service, platform).get(id);
  const handovers = () =>
    platform.database.database.system((work) => work.sql.selectFrom("escrow_handovers").selectAll().execute());
  const taken = (commandId: string) =>
    eventually(
      "the escrow to have it",
      async () => escrow.taken.find((each) => each.commandId === commandId),
      PATIENCE_MS,
    );
  const proofs = (id: string, deviceId: string) =>
    eventually(
      "the proof",
      async () =>
        (await platform.heard("muster.command.v1.EscrowProved", deviceId)).find(({ commandId }) => commandId === id),
      PATIENCE_MS,
    );
  /** Everything that this service keeps, and all that it said, in clear. */
  const everything = async (): Promise<string> => {
    const tables = ["commands", "apple_bodies", "escrow_handovers", "stray_results", "outbox", "outbox_alike"];
    const rows = await platform.database.database.system(async (work) => {
      const dumps = tables.map((table) => sql`select row_to_json(t)::text as row from ${sql.table(table)} t`);
      const found: unknown[] = [];
      for (const dump of dumps) found.push((await dump.execute(work.sql)).rows);
      return JSON.stringify(found);
    });
    return rows + logs.join("") + service.log();
  };

  it("in an answer reach the escrow though both ends die, and are nowhere in clear on the way", async () => {
    const device = await phone();
    const code = "3UM43-PUYVY-QYD1-UVCC-HEHJ-FKA4";
    const id = await ask(device, appleOrder("ActivationLockBypassCode"));
    await device.idle();
    escrow.away = true;
    await device.report(id, "Acknowledged", { ActivationLockBypassCode: code });
    assert.equal((await handovers()).length, 1);
    assert.equal((await get(id)).state, CommandState.COMMAND_STATE_ACKNOWLEDGED);
    assert.deepEqual((await get(id)).result?.appleResponse, {});
    logs.push(service.log());
    const ended = once(service.child, "exit");
    service.child.kill("SIGKILL");
    await ended;
    escrow.away = false;
    await start();
    const { kind, unproven, value } = await taken(id);
    assert.deepEqual([kind, value, unproven], [SecretKind.SECRET_KIND_ACTIVATION_LOCK_BYPASS_CODE, code, false]);
    await eventually(
      "nothing to be left here",
      async () => ((await handovers()).length === 0 ? true : undefined),
      PATIENCE_MS,
    );
    const said = await everything();
    assert.equal(said.includes(code) || said.includes(Buffer.from(code).toString("hex")), false);
  });

  it("are put into the commands that need them, and one that is missing fails its command only", async () => {
    const [device, other] = [await phone(), await phone()];
    const token = Buffer.from("opens the keybag");
    escrow.held.set(`${device.deviceId}/${SecretKind.SECRET_KIND_UNLOCK_TOKEN}`, token.toString("base64"));
    await ask(device, withoutScript(CommandType.COMMAND_TYPE_CLEAR_PASSCODE));
    assert.deepEqual((await device.idle()).command["UnlockToken"], token);
    const hopeless = await ask(other, withoutScript(CommandType.COMMAND_TYPE_CLEAR_PASSCODE));
    const next = await ask(other, appleOrder("UserList"));
    assert.equal((await other.idle()).uuid, next);
    const { result, state } = await get(hopeless);
    assert.equal(state, CommandState.COMMAND_STATE_FAILED);
    assert.match(result?.reason ?? "", /^enrollment\.secret_not_escrowed: /);
  });

  it("that a property list cannot carry fail their command only, and what is asked so is refused", async () => {
    const device = await settled();
    escrow.held.set(`${device.deviceId}/${SecretKind.SECRET_KIND_DISK_RECOVERY_KEY}`, "AAAA-BBBB\u0007");
    const id = await ask(device, appleOrder("RotateFileVaultKey", { KeyType: "personal" }));
    const next = await ask(device, appleOrder("UserList"));
    assert.equal((await device.idle()).uuid, next);
    const { result, state } = await get(id);
    assert.equal(state, CommandState.COMMAND_STATE_FAILED);
    assert.match(result?.reason ?? "", /cannot carry/);
    const lock = { pin: "123456", message: "lost\u0007", phoneNumber: "" };
    await assert.rejects(ask(device, { type: CommandType.COMMAND_TYPE_LOCK, lock }), /lock has text/);
    const Settings = [{ Item: "ApplicationConfiguration", Identifier: "a.b", Configuration: { Server: null } }];
    await assert.rejects(ask(device, appleOrder("Settings", { Settings })), /Configuration.Server cannot be carried/);
  });

  it("that lock a Mac are in escrow before it has them, and are proven when it is locked", async () => {
    const device = await settled();
    const made = await ask(device, withoutScript(CommandType.COMMAND_TYPE_LOCK));
    assert.equal((await device.idle()).command["PIN"], `made for ${made}`);
    await device.report(made, "Acknowledged");
    const { kind, proof } = await proofs(made, device.deviceId);
    assert.deepEqual([kind, proof], [SecretKind.SECRET_KIND_LOCK_PIN, EscrowProof.ESCROW_PROOF_SET]);
    const lock = { pin: "123456", message: "", phoneNumber: "" };
    const given = await ask(device, { type: CommandType.COMMAND_TYPE_LOCK, lock });
    escrow.away = true;
    assert.equal((await device.idle()).status, 503);
    escrow.away = false;
    assert.equal((await device.idle()).command["PIN"], "123456");
    const kept = await taken(given);
    assert.deepEqual([kept.value, kept.unproven], ["123456", true]);
  });

  it("of recoveryOS are set with the present one, verified, and cleared", async () => {
    const device = await settled();
    const set = await ask(device, appleOrder("SetRecoveryLock"));
    const { command } = await device.idle();
    assert.deepEqual({ ...command }, { RequestType: "SetRecoveryLock", NewPassword: `made for ${set}` });
    await device.report(set, "Acknowledged");
    assert.equal((await proofs(set, device.deviceId)).proof, EscrowProof.ESCROW_PROOF_SET);
    escrow.held.set(`${device.deviceId}/${SecretKind.SECRET_KIND_RECOVERY_LOCK_PASSWORD}`, "present");
    const verify = await ask(device, appleOrder("VerifyRecoveryLock"));
    assert.equal((await device.idle()).command["Password"], "present");
    await device.report(verify, "Acknowledged", { PasswordVerified: true });
    assert.equal((await proofs(verify, device.deviceId)).proof, EscrowProof.ESCROW_PROOF_VERIFIED);
    const clear = await ask(device, appleOrder("SetRecoveryLock", { NewPassword: "" }));
    assert.equal((await device.idle()).command["CurrentPassword"], "present");
    await device.report(clear, "Acknowledged");
    assert.equal((await proofs(clear, device.deviceId)).proof, EscrowProof.ESCROW_PROOF_CLEARED);
  });

  it("of firmware are set with the present one and verified, and one that the Mac did not take proves nothing", async () => {
    const device = await settled();
    const set = await ask(device, appleOrder("SetFirmwarePassword", { AllowOroms: false }));
    const { command } = await device.idle();
    assert.deepEqual(
      { ...command },
      { RequestType: "SetFirmwarePassword", AllowOroms: false, NewPassword: `made for ${set}` },
    );
    await device.report(set, "Acknowledged", { SetFirmwarePassword: { PasswordChanged: true } });
    const { kind, proof } = await proofs(set, device.deviceId);
    assert.deepEqual([kind, proof], [SecretKind.SECRET_KIND_FIRMWARE_PASSWORD, EscrowProof.ESCROW_PROOF_SET]);
    escrow.held.set(`${device.deviceId}/${SecretKind.SECRET_KIND_FIRMWARE_PASSWORD}`, "present");
    const again = await ask(device, appleOrder("SetFirmwarePassword"));
    assert.equal((await device.idle()).command["CurrentPassword"], "present");
    await device.report(again, "Acknowledged", { SetFirmwarePassword: { PasswordChanged: false } });
    const verify = await ask(device, appleOrder("VerifyFirmwarePassword"));
    assert.equal((await device.idle()).command["Password"], "present");
    await device.report(verify, "Acknowledged", { VerifyFirmwarePassword: { PasswordVerified: true } });
    assert.equal((await proofs(verify, device.deviceId)).proof, EscrowProof.ESCROW_PROOF_VERIFIED);
  });

  it("of a disk are rotated with the present key, and the Mac is asked at once which one it has", async () => {
    const device = await settled();
    escrow.held.set(`${device.deviceId}/${SecretKind.SECRET_KIND_DISK_RECOVERY_KEY}`, "AAAA-BBBB");
    const id = await ask(device, appleOrder("RotateFileVaultKey", { KeyType: "personal" }));
    const { command } = await device.idle();
    assert.deepEqual({ ...(command["FileVaultUnlock"] as object) }, { Password: "AAAA-BBBB" });
    assert.deepEqual(command["ReplyEncryptionCertificate"], escrow.certificate);
    const EncryptedNewRecoveryKey = Buffer.from("sealed for the escrow");
    const next = await device.report(id, "Acknowledged", { RotateResult: { EncryptedNewRecoveryKey } });
    const { envelope, unproven } = await taken(id);
    assert.deepEqual([Buffer.from(envelope), unproven], [EncryptedNewRecoveryKey, true]);
    assert.equal(next.requestType, "DeviceInformation");
    await assert.rejects(
      ask(device, appleOrder("RotateFileVaultKey", { KeyType: "institutional" })),
      /NewCertificate is missing/,
    );
  });

  it("come late and are kept all the same: the key was changed, though nobody waits for the answer", async () => {
    const device = await settled();
    escrow.held.set(`${device.deviceId}/${SecretKind.SECRET_KIND_DISK_RECOVERY_KEY}`, "AAAA-BBBB");
    const id = await ask(device, appleOrder("RotateFileVaultKey", { KeyType: "personal" }));
    await device.idle();
    await device.report(id, "Error");
    const EncryptedNewRecoveryKey = Buffer.from("sealed after all");
    await device.report(id, "Acknowledged", { RotateResult: { EncryptedNewRecoveryKey } });
    assert.deepEqual(Buffer.from((await taken(id)).envelope), EncryptedNewRecoveryKey);
    assert.equal((await get(id)).state, CommandState.COMMAND_STATE_FAILED);
  });

  it("in the answer to a property list are treated as if the command had been typed", async () => {
    const device = await settled();
    const id = await ask(device, raw({ Command: { RequestType: "SecurityInfo" }, CommandUUID: "theirs" }));
    const handed = await device.idle();
    assert.deepEqual([handed.uuid, handed.requestType], [id, "SecurityInfo"]);
    const SecurityInfo = { FDE_Enabled: true, FDE_PersonalRecoveryKeyCMS: Buffer.from("sealed") };
    await device.report(id, "Acknowledged", { SecurityInfo });
    assert.deepEqual((await get(id)).result?.appleResponse, { SecurityInfo: { FDE_Enabled: true } });
    assert.deepEqual(Buffer.from((await taken(id)).envelope), Buffer.from("sealed"));
    const own = await settled({ platform: Platform.PLATFORM_IOS, ownership: Ownership.OWNERSHIP_PERSONAL });
    await assert.rejects(ask(own, raw({ RequestType: "EraseDevice" })), /ownership_forbids/);
  });

  it("bring an erased device back where it was asked to return", async () => {
    const device = await settled({ platform: Platform.PLATFORM_IOS, apple: { kind: "APPLE_ENROLLMENT_KIND_PROFILE" } });
    const wipe = { pin: "", preserveDataPlan: false, returnToService: true, wifiProfile: Buffer.from("wifi") };
    await ask(device, { type: CommandType.COMMAND_TYPE_WIPE, wipe });
    const { command } = await device.idle();
    assert.deepEqual(
      { ...(command["ReturnToService"] as object) },
      {
        Enabled: true,
        WiFiProfileData: Buffer.from("wifi"),
        MDMProfileData: Buffer.from("a profile"),
      },
    );
  });

  it("are put into what a property list says, and take nothing of it away", async () => {
    const device = await settled({ platform: Platform.PLATFORM_IOS, apple: { kind: "APPLE_ENROLLMENT_KIND_PROFILE" } });
    const ReturnToService = { Enabled: true, WiFiProfileData: Buffer.from("wifi") };
    await ask(device, raw({ RequestType: "EraseDevice", PreserveDataPlan: true, ReturnToService }));
    const { command } = await device.idle();
    assert.equal(command["PreserveDataPlan"], true);
    assert.deepEqual(
      { ...(command["ReturnToService"] as object) },
      { ...ReturnToService, MDMProfileData: Buffer.from("a profile") },
    );
  });

  it("are for the machine that enrolled: another one with its certificate is noted", async () => {
    const device = await settled();
    assert.equal((await device.say({ UDID: randomUUID(), Status: "Idle" })).status, 403);
    assert.deepEqual(
      (await ordersTo(service, platform).strays(device.deviceId)).map(({ kind }) => kind),
      ["stranger"],
    );
  });

  it("depend on what a device says of itself: a supervised one may be put into lost mode", async () => {
    const device = await enrollApple(platform, service.url, {
      platform: Platform.PLATFORM_IOS,
      apple: { supervised: false },
    });
    const lost = {
      type: CommandType.COMMAND_TYPE_ENABLE_LOST_MODE,
      lostMode: { message: "x", phoneNumber: "", footnote: "" },
    };
    await assert.rejects(ask(device, lost), /not_supervised/);
    const first = await device.idle();
    await device.report(first.uuid ?? "", "Acknowledged", {
      QueryResponses: { IsSupervised: true, OSVersion: "18.2" },
    });
    const [told] = await platform.heard("muster.command.v1.AppleDeviceDescribed", device.deviceId);
    assert.deepEqual([told?.supervised, told?.osVersion], [true, "18.2"]);
    await ask(device, lost);
  });
});
