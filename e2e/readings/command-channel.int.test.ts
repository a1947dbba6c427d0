import assert from "node:assert/strict";
import { generateKeyPairSync, randomUUID, X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { CommandState, CommandType } from "@muster/contracts/gen/muster/command/v1/command";
import type { EnqueueCommandsRequest } from "@muster/contracts/gen/muster/command/v1/command_service";
import { AppleEnrollmentKind } from "@muster/contracts/gen/muster/enrollment/v1/apple";
import { type Enrollment, Method, Ownership, Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import {
  accountTokenSigner,
  type CommandProcess,
  startCommand,
} from "../../services/command/src/testing/command-process.ts";
import { type EscrowAnswers, startEscrowAnswers } from "../../services/command/src/testing/escrow-answers.ts";
import { caller, order, ordersTo } from "../../services/command/src/testing/orders.ts";
import { startTestPlatform, TENANT, type TestPlatform } from "../../services/command/src/testing/test-platform.ts";
import type { SimulatedAppleDevice } from "../simulators/apple/apple-device.ts";
import type { AppleKind } from "../simulators/apple/hardware/apple-models.ts";
import { writePlist } from "../simulators/apple/plist/write-plist.ts";
import { testDevice } from "../simulators/apple/testing/test-device.ts";
import { openAppleDoor } from "../simulators/apple/wire/apple-door.ts";
import { platformOverADoor } from "./platform-over-a-door.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PLATFORMS = { Mac: Platform.PLATFORM_MACOS, iPhone: Platform.PLATFORM_IOS } as const;
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
const wifi = writePlist({
  PayloadType: "Configuration",
  PayloadVersion: 1,
  PayloadIdentifier: "org.example.wifi",
  PayloadUUID: "D0C5",
  PayloadContent: [],
});

describe("a simulated device at the platform's command channel", () => {
  let platform: TestPlatform;
  let service: CommandProcess;
  let escrow: EscrowAnswers;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "muster-readings-"));
    const caFile = join(folder, "ca.pem");
    await writeFile(caFile, new X509Certificate(platformOverADoor(privateKey).ca.certificate).toString());
    platform = await startTestPlatform();
    escrow = await startEscrowAnswers();
    service = await startCommand(platform.database.url, platform.bus.url, {
      MUSTER_APPLE_CA_CERT: caFile,
      MUSTER_ENROLLMENT_GRPC: escrow.address,
    });
  });
  after(async () => {
    await service?.stop();
    await escrow?.stop();
    await platform?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A device that has its identity, and that enrollment told of. */
  const managed = async (t: TestContext, kind: keyof typeof PLATFORMS & AppleKind, rest: Partial<Enrollment> = {}) => {
    const [deviceId, enrollmentId] = [randomUUID(), randomUUID()];
    const personal = rest.ownership === Ownership.OWNERSHIP_PERSONAL;
    const http = openAppleDoor({});
    t.after(() => http.close());
    const received: string[] = [];
    // Somebody is signed in on a person's own device, and it says so with each request.
    const grant = { tenant: TENANT, enrollmentId, ownership: "personal", account: "ada@example.org" } as const;
    const token = accountTokenSigner.issue({ ...grant, expiresAt: new Date(Date.now() + 86_400_000) });
    const signedIn = personal ? { authorization: `Bearer ${token}` } : {};
    const enrollment = platformOverADoor(privateKey, {
      uri: `urn:muster:apple:${TENANT}:${enrollmentId}`,
      connect: async (request) => {
        const headers = { ...request.headers, ...signedIn };
        const answer = await http.send({ ...request, headers, url: `${service.url}/apple/connect` });
        received.push(answer.body.toString());
        return answer;
      },
    });
    const device = testDevice(t, kind, { door: enrollment.door, seed: deviceId });
    device.state.supervised = !personal;
    await device.enrollWith(enrollment.profile(personal ? "BYOD" : undefined));
    const { EnrollmentID } = device.enrollment?.ids ?? {};
    await platform.enroll(
      { apple: 1 },
      {
        deviceId,
        method: Method.METHOD_APPLE,
        platform: PLATFORMS[kind],
        apple: {
          enrollmentId,
          kind: personal
            ? AppleEnrollmentKind.APPLE_ENROLLMENT_KIND_ACCOUNT_USER
            : AppleEnrollmentKind.APPLE_ENROLLMENT_KIND_AUTOMATED,
          udid: personal ? "" : device.hardware.udid,
          userEnrollmentId: typeof EnrollmentID === "string" ? EnrollmentID : "",
          productName: device.hardware.model.product,
          osVersion: device.hardware.os.version,
          buildVersion: device.hardware.os.build,
          supervised: !personal,
          topic: "com.apple.mgmt.External.test",
          accessRights: 8191,
          awaitingConfiguration: false,
          pushReady: true,
          users: [],
          managedAccount: "",
          releasedByHand: false,
          attestation: undefined,
        },
        ...rest,
      },
    );
    return { device, deviceId, received };
  };

  const ask = async (deviceId: string, rest: Partial<EnqueueCommandsRequest>): Promise<string> => {
    const asked = order([deviceId], { runScript: undefined, ...rest });
    const { commands, refusals } = await service.commands.enqueueCommands(asked, caller);
    return commands[0]?.id ?? assert.fail(JSON.stringify(refusals));
  };
  const apple = (requestType: string, parameters: Readonly<Record<string, unknown>> = {}) => ({
    type: CommandType.COMMAND_TYPE_APPLE,
    apple: { requestType, parameters, rawPlist: "", userId: "" },
  });
  const stateOf = async (id: string) => (await ordersTo(service, platform).get(id)).state;
  const done = (device: SimulatedAppleDevice) => device.ledger.of("command").map(({ requestType }) => requestType);

  it("is asked what it is like when it first comes, and what it says reaches the platform", async (t) => {
    const { device, deviceId } = await managed(t, "Mac");
    await device.poll();
    assert.deepEqual(done(device), INVENTORY);
    assert.ok(device.ledger.of("command").every(({ status }) => status === "Acknowledged"));
    const told = await platform.heard("muster.command.v1.AppleAnswered", deviceId);
    const answers = told[0]?.response?.["QueryResponses"] as Readonly<Record<string, unknown>>;
    assert.deepEqual(
      [answers["SerialNumber"], answers["OSVersion"], answers["IsSupervised"]],
      [device.hardware.serial, device.hardware.os.version, true],
    );
    await device.poll();
    assert.deepEqual(done(device), INVENTORY);
  });

  it("has a profile after it was told to install it, and no more after it was told to remove it", async (t) => {
    const { device, deviceId } = await managed(t, "Mac");
    const installed = await ask(deviceId, apple("InstallProfile", { Payload: Buffer.from(wifi).toString("base64") }));
    await device.poll();
    assert.equal(await stateOf(installed), CommandState.COMMAND_STATE_ACKNOWLEDGED);
    assert.ok(device.state.profiles.has("org.example.wifi"));
    const removed = await ask(deviceId, apple("RemoveProfile", { Identifier: "org.example.wifi" }));
    const again = await ask(deviceId, apple("RemoveProfile", { Identifier: "org.example.none" }));
    await device.poll();
    assert.equal(await stateOf(removed), CommandState.COMMAND_STATE_ACKNOWLEDGED);
    assert.ok(!device.state.profiles.has("org.example.wifi"));
    assert.equal(await stateOf(again), CommandState.COMMAND_STATE_FAILED);
  });

  it("puts a command off, takes the others, and does it when it can", async (t) => {
    const { device, deviceId } = await managed(t, "Mac");
    await device.poll();
    device.notNow.add("UserList");
    const late = await ask(deviceId, apple("UserList"));
    const other = await ask(deviceId, apple("ProfileList"));
    await device.poll();
    assert.equal(await stateOf(other), CommandState.COMMAND_STATE_ACKNOWLEDGED);
    assert.equal(await stateOf(late), CommandState.COMMAND_STATE_QUEUED);
    device.notNow.clear();
    await device.poll();
    assert.equal(await stateOf(late), CommandState.COMMAND_STATE_ACKNOWLEDGED);
    assert.deepEqual(device.ledger.commands().get(late)?.statuses, ["NotNow", "Acknowledged"]);
  });

  it("is silent once it was locked with a PIN, and gone once it was erased", async (t) => {
    const [mac, phone] = [await managed(t, "Mac"), await managed(t, "iPhone")];
    const lock = { pin: "123456", message: "Lost", phoneNumber: "" };
    const locked = await ask(mac.deviceId, { type: CommandType.COMMAND_TYPE_LOCK, lock });
    await mac.device.poll();
    assert.equal(mac.device.state.lockPin, "123456");
    assert.equal(await stateOf(locked), CommandState.COMMAND_STATE_ACKNOWLEDGED);
    const wipe = { pin: "", preserveDataPlan: true, returnToService: false, wifiProfile: Buffer.alloc(0) };
    const wiped = await ask(phone.deviceId, { type: CommandType.COMMAND_TYPE_WIPE, wipe });
    await phone.device.poll();
    assert.equal(phone.device.ledger.count("erased"), 1);
    assert.equal(await stateOf(wiped), CommandState.COMMAND_STATE_ACKNOWLEDGED);
    assert.equal(phone.device.enrollment, undefined);
  });

  it("is not asked for what names its hardware or its number where it is a person's own", async (t) => {
    const own = await managed(t, "iPhone", { ownership: Ownership.OWNERSHIP_PERSONAL });
    const company = await managed(t, "iPhone");
    for (const { device } of [own, company]) {
      await device.poll();
      const refused = device.ledger.of("command").filter(({ status }) => status !== "Acknowledged");
      assert.deepEqual(refused, []);
    }
    for (const query of ["UDID", "SerialNumber", "IMEI", "PhoneNumber", "WiFiMAC"]) {
      const asksFor = ({ received }: typeof own) => received.some((body) => body.includes(`<string>${query}</string>`));
      assert.deepEqual([asksFor(own), asksFor(company)], [false, true], query);
    }
    const told = JSON.stringify(await platform.heard("muster.command.v1.AppleAnswered", own.deviceId));
    for (const known of [own.device.hardware.serial, own.device.hardware.udid]) assert.ok(!told.includes(known));
  });
});
