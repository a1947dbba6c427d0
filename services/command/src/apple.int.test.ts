import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { CommandState, CommandType } from "@muster/contracts/gen/muster/command/v1/command";
import { Ownership, Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { DesiredStateChanged } from "@muster/contracts/gen/muster/policy/v1/policy_events";
import { eventually } from "@muster/testkit/eventually";
import { AppleTestDevice, type AppleTestEnrollment, enrollApple, settledApple } from "./testing/apple-device.ts";
import { type CommandProcess, startCommand } from "./testing/command-process.ts";
import { appleOrder, caller, order, ordersTo } from "./testing/orders.ts";
import { startTestPlatform, TENANT, type TestPlatform } from "./testing/test-platform.ts";

const INVENTORY = [
  "DeviceInformation",
  "SecurityInfo",
  "ProfileList",
  "CertificateList",
  "InstalledApplicationList",
  "ManagedApplicationList",
  "ProvisioningProfileList",
  "AvailableOSUpdates",
  "OSUpdateStatus",
  "UserList",
];

describe("Apple's command channel", () => {
  let platform: TestPlatform;
  let service: CommandProcess;
  before(async () => {
    platform = await startTestPlatform();
    service = await startCommand(platform.database.url, platform.bus.url);
  });
  after(async () => {
    await service?.stop();
    await platform?.stop();
  });

  const settled = (rest?: AppleTestEnrollment) => settledApple(platform, service.url, rest);
  const ask = ({ deviceId }: AppleTestDevice, requestType: string, parameters: object = {}, userId = "") =>
    ordersTo(service, platform).ask(deviceId, appleOrder(requestType, parameters, { userId }));
  const stateOf = async (id: string) => (await ordersTo(service, platform).get(id)).state;

  it("lets a device out of Setup Assistant when policy is ready and everything is answered, once, and leaves others to a person", async () => {
    const waits = { awaitingConfiguration: true };
    const device = await enrollApple(platform, service.url, { apple: waits });
    await ask(device, "InstallProfile", { Payload: "PD94bWw/Pg==" });
    assert.deepEqual(await device.drain(), ["InstallProfile", ...INVENTORY]);
    const { deviceId } = device;
    const ready = DesiredStateChanged.fromPartial({ deviceId, version: 1, appleGeneration: 1, readyToRelease: true });
    await platform.publish("muster.policy.v1.DesiredStateChanged", deviceId, ready);
    const released = await eventually("the device to be let out", async () => {
      const asked = await device.drain();
      return asked.length > 0 ? asked : undefined;
    });
    assert.deepEqual(released, ["DeviceConfigured"]);
    const [told] = await platform.heard("muster.command.v1.DeviceReleased", device.deviceId);
    assert.ok(told);
    assert.deepEqual(await device.drain(), []);
    const patient = await enrollApple(platform, service.url, { apple: { ...waits, releasedByHand: true } });
    assert.deepEqual(await patient.drain(), INVENTORY);
    await ask(patient, "DeviceConfigured");
    assert.deepEqual(await patient.drain(), ["DeviceConfigured"]);
  });

  it("does once what policy wants changed, asks which profiles there are then, and drops what was for an earlier enrollment", async () => {
    const device = await settled();
    const { deviceId } = device;
    const want = async (version: number, appleGeneration: number, commandId: string) => {
      const change = {
        profileId: randomUUID(),
        identifier: `example.${version}`,
        revision: 1,
        remove: true,
        commandId,
      };
      const wanted = DesiredStateChanged.fromPartial({ deviceId, version, profiles: [change], appleGeneration });
      await platform.publish("muster.policy.v1.DesiredStateChanged", deviceId, wanted);
      return commandId;
    };
    const asked: string[] = [];
    const untilAsked = (times: number) =>
      eventually(
        "what policy wants to be asked",
        async () => {
          asked.push(...(await device.drain()));
          return asked.filter((requestType) => requestType === "RemoveProfile").length === times ? true : undefined;
        },
        60_000,
      );
    const first = await want(1, 1, randomUUID());
    await untilAsked(1);
    // The wish is told again, one is late, and one is new: a device's events keep their order.
    await want(1, 1, first);
    const late = await want(2, 0, randomUUID());
    const next = await want(3, 1, randomUUID());
    await untilAsked(2);
    asked.push(...(await device.drain()));
    assert.deepEqual(asked, ["RemoveProfile", "ProfileList", "RemoveProfile", "ProfileList"]);
    for (const id of [first, next]) assert.equal(await stateOf(id), CommandState.COMMAND_STATE_ACKNOWLEDGED);
    await assert.rejects(stateOf(late), { code: "command.unknown" });
    // Policy hears of both, and not of what a person asked for.
    const byHand = await ask(device, "RemoveProfile", { Identifier: "example.by-hand" });
    assert.deepEqual(await device.drain(), ["RemoveProfile"]);
    await eventually("all three to be told", async () => {
      const told = await platform.heard("muster.command.v1.CommandAcknowledged", deviceId);
      return told.some(({ command }) => command?.id === byHand) ? true : undefined;
    });
    const changes = await platform.heard("muster.command.v1.ProfileChangeAcknowledged", deviceId);
    assert.deepEqual(
      changes.map((change) => [change.deviceId, change.commandId, change.endedAt instanceof Date]),
      [first, next].map((id) => [deviceId, id, true]),
    );
  });

  it("asks a device that comes for the first time what it is like, and tells what it answered", async () => {
    const device = await enrollApple(platform, service.url);
    const first = await device.idle();
    assert.equal(first.requestType, "DeviceInformation");
    assert.ok(first.uuid);
    const answers = { OSVersion: "15.1", DeviceCapacity: 494.38, PushToken: Buffer.of(1) };
    const second = await device.report(first.uuid, "Acknowledged", { QueryResponses: answers });
    assert.equal(second.requestType, "SecurityInfo");
    const [told] = await platform.heard("muster.command.v1.AppleAnswered", device.deviceId);
    assert.deepEqual(told?.response, { QueryResponses: { OSVersion: "15.1", DeviceCapacity: 494.38 } });
    assert.equal(told?.requestType, "DeviceInformation");
    assert.deepEqual(await device.drain(), INVENTORY.slice(1));
    // Not again today.
    assert.deepEqual(await device.drain(), []);
    const { result } = await ordersTo(service, platform).get(first.uuid);
    assert.deepEqual(result?.appleResponse, told?.response);
  });

  it("hands out a command with its parameters, and takes the result", async () => {
    const device = await settled();
    const id = await ask(device, "InstallProfile", { Payload: Buffer.from("<plist/>").toString("base64") });
    const handed = await device.idle();
    assert.equal(handed.uuid, id);
    assert.deepEqual(handed.command["Payload"], Buffer.from("<plist/>"));
    const chain = [{ ErrorCode: 4001, ErrorDomain: "MCInstallationErrorDomain", USEnglishDescription: "no" }];
    assert.equal((await device.report(id, "Error", { ErrorChain: chain })).uuid, undefined);
    const { result, state } = await ordersTo(service, platform).get(id);
    assert.equal(state, CommandState.COMMAND_STATE_FAILED);
    assert.equal(result?.reason, "MCInstallationErrorDomain 4001: no");
    assert.deepEqual(result?.appleErrors, [{ code: 4001, domain: "MCInstallationErrorDomain", description: "no" }]);
    const bodies = await platform.database.database.tenant(TENANT, (work) =>
      work.sql.selectFrom("apple_bodies").select("sealed").execute(),
    );
    assert.ok(bodies.length > 0 && bodies.every(({ sealed }) => !sealed.includes("Payload")));
    for (const told of await platform.heard("muster.command.v1.CommandQueued", device.deviceId))
      assert.equal(told.command?.apple?.parameters, undefined);
  });

  it("hands out what it handed out and never heard of once more, and the most urgent first", async () => {
    const device = await settled();
    const list = await ask(device, "UserList");
    const profile = await ask(device, "RemoveProfile", { Identifier: "example.wifi" });
    const lock = await ask(device, "UnlockUserAccount", { UserName: "ada" });
    assert.equal((await device.idle()).uuid, lock);
    assert.equal((await device.idle()).uuid, lock);
    assert.equal((await ordersTo(service, platform).get(lock)).deliveries, 2);
    assert.equal((await device.report(lock, "Acknowledged")).uuid, profile);
    assert.equal((await device.report(profile, "Acknowledged")).uuid, list);
    assert.equal((await device.report(list, "Acknowledged")).uuid, undefined);
  });

  it("lets a device put a command off: the others flow, and it is offered again when the device comes back", async () => {
    const device = await settled();
    const put = await ask(device, "RemoveProfile", { Identifier: "example.a" });
    const others = [
      await ask(device, "RemoveProfile", { Identifier: "example.b" }),
      await ask(device, "RemoveProfile", { Identifier: "example.c" }),
    ];
    assert.equal((await device.idle()).uuid, put);
    assert.equal((await device.report(put, "NotNow")).uuid, others[0]);
    assert.equal((await device.report(others[0] ?? "", "Acknowledged")).uuid, others[1]);
    assert.equal((await device.report(others[1] ?? "", "Acknowledged")).uuid, undefined);
    assert.equal(await stateOf(put), CommandState.COMMAND_STATE_QUEUED);
    assert.equal((await device.idle()).uuid, put);
    assert.equal((await device.report(put, "Acknowledged")).uuid, undefined);
    assert.equal((await ordersTo(service, platform).get(put)).deliveries, 2);
  });

  it("lets the newest word on one thing count", async () => {
    const device = await settled();
    const first = await ask(device, "RemoveProfile", { Identifier: "example.wifi" });
    const second = await ask(device, "RemoveProfile", { Identifier: "example.wifi" });
    assert.equal(await stateOf(first), CommandState.COMMAND_STATE_CANCELLED);
    assert.deepEqual(await device.drain(), ["RemoveProfile"]);
    assert.equal(await stateOf(second), CommandState.COMMAND_STATE_ACKNOWLEDGED);
  });

  it("keeps a user's commands for the user's channel", async () => {
    const device = await settled();
    const id = await ask(device, "ProfileList", {}, "F7C8");
    assert.equal((await device.idle()).uuid, undefined);
    assert.equal((await device.idle({ UserID: "F7C8", UserShortName: "ada" })).uuid, id);
    // The device cannot speak for its user.
    await device.report(id, "Acknowledged");
    assert.equal(await stateOf(id), CommandState.COMMAND_STATE_DELIVERED);
    await device.report(id, "Acknowledged", { UserID: "F7C8" });
    assert.equal(await stateOf(id), CommandState.COMMAND_STATE_ACKNOWLEDGED);
  });

  it("refuses one device without refusing the others, with the reason", async () => {
    const [mac, phone] = [
      await settled(),
      await settled({ platform: Platform.PLATFORM_IOS, ownership: Ownership.OWNERSHIP_PERSONAL }),
    ];
    const nobody = randomUUID();
    const { commands, refusals } = await service.commands.enqueueCommands(
      order([mac.deviceId, phone.deviceId, nobody], {
        type: CommandType.COMMAND_TYPE_WIPE,
        runScript: undefined,
        wipe: { pin: "123456", preserveDataPlan: false, returnToService: false, wifiProfile: Buffer.alloc(0) },
      }),
      caller,
    );
    assert.deepEqual(
      commands.map(({ deviceId }) => deviceId),
      [mac.deviceId],
    );
    assert.deepEqual(
      refusals.map(({ code, deviceId }) => [deviceId, code]),
      [
        [phone.deviceId, "command.ownership_forbids"],
        [nobody, "command.device_unknown"],
      ],
    );
    await assert.rejects(ask(mac, "DeviceInformation", { Queries: "OSVersion" }), /Queries has to be a list/);
    await assert.rejects(ask(mac, "Dance"), /is no command we know/);
  });

  it("looks once more at the door whether the device may be asked", async () => {
    const device = await settled();
    const id = await ask(device, "SetRecoveryLock", { NewPassword: "correct horse" });
    const { enrollmentId } = device;
    const apple = { enrollmentId, udid: device.udid, accessRights: 0 };
    await enrollApple(platform, service.url, { apple, deviceId: device.deviceId, version: 2 });
    assert.equal((await device.idle()).uuid, undefined);
    const { result } = await ordersTo(service, platform).get(id);
    assert.equal(result?.reason, "command.right_missing");
  });

  it("notes what is said of unknown, foreign and finished commands, and changes nothing", async () => {
    const [device, other] = [await settled(), await settled()];
    const id = await ask(device, "UserList");
    await device.drain();
    const foreign = await ask(other, "UserList");
    for (const uuid of [id, foreign, randomUUID(), "no uuid", "x".repeat(300)])
      assert.equal((await device.report(uuid, "Acknowledged")).status, 200);
    assert.equal(await stateOf(foreign), CommandState.COMMAND_STATE_QUEUED);
    const strays = await ordersTo(service, platform).strays(device.deviceId);
    assert.deepEqual(strays.map(({ kind }) => kind).sort(), ["foreign", "foreign", "foreign", "foreign", "repeated"]);
  });

  it("ends what was open from before a device enrolled anew, and keeps it when its identity was renewed", async () => {
    const device = await settled();
    const id = await ask(device, "UserList");
    const { enrollmentId } = device;
    const apple = { enrollmentId, udid: device.udid };
    await enrollApple(platform, service.url, {
      apple,
      deviceId: device.deviceId,
      version: 2,
      generations: { apple: 1 },
    });
    assert.equal(await stateOf(id), CommandState.COMMAND_STATE_QUEUED);
    await enrollApple(platform, service.url, {
      apple,
      deviceId: device.deviceId,
      version: 3,
      generations: { apple: 2 },
    });
    assert.deepEqual(await device.drain(), INVENTORY);
    await eventually("what was open is cancelled", async () =>
      (await stateOf(id)) === CommandState.COMMAND_STATE_CANCELLED ? true : undefined,
    );
  });

  it("believes nobody but the device itself, and never says 401", async () => {
    const device = await settled();
    const other = await settled();
    const message = { UDID: device.udid, Status: "Idle" };
    assert.equal((await other.say(message)).status, 403);
    assert.equal((await device.say(message, { "mdm-signature": "AAAA" })).status, 403);
    const unknown = new AppleTestDevice(service.url, device.deviceId, randomUUID());
    // Enrollment cannot be asked here: come again.
    assert.equal((await unknown.say(message)).status, 503);
    const late = new AppleTestDevice(service.url, device.deviceId, randomUUID(), -1_000);
    assert.equal((await late.say(message)).status, 403);
    assert.equal((await device.say(message, {}, "POST")).status, 200);
    assert.equal((await device.say({ UDID: device.udid, Status: "Dance" })).status, 400);
  });
});
