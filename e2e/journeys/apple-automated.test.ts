import assert from "node:assert/strict";
import { verify, X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { eventually } from "@muster/testkit/eventually";
import { SimulatedAbm } from "../simulators/abm/abm-server.ts";
import type { SimulatedAppleDevice } from "../simulators/apple/apple-device.ts";
import { type DeviceAuthority, makeDeviceAuthority } from "../simulators/apple/hardware/device-authority.ts";
import { testDevice } from "../simulators/apple/testing/test-device.ts";
import { documentsOfEveryKind } from "./testing/documents-of-every-kind.ts";
import { writeDocuments } from "./testing/every-kind.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";
import { forMacs } from "./testing/office-network.ts";
import { runMuster } from "./testing/run-muster.ts";

interface Enrollment {
  readonly deviceId: string;
  readonly status: string;
  readonly generations: Readonly<Record<string, number>>;
  readonly apple: {
    readonly kind: string;
    readonly supervised?: boolean;
    readonly awaitingConfiguration?: boolean;
  };
}

/** A profile as it is shown. */
interface Kept {
  readonly id: string;
  readonly hasReturnNetwork: boolean;
  readonly returnNetwork?: string;
}

interface Listed {
  readonly serialNumber: string;
  readonly assignment: string;
  readonly deviceId?: string;
}

/** The network that devices come back over. */
const NETWORK = Buffer.from("a profile with the network");
const OLD_SYSTEM = { family: "iPadOS", marketingName: "iPadOS 17.7.1", version: "17.7.1", build: "21H216" } as const;
const DEADLINE_MS = 60_000;
/** Nobody signs in by it here. */
const ISSUER = "http://127.0.0.1:9";

describe("Apple devices from Setup Assistant", () => {
  let abm: SimulatedAbm;
  let factory: DeviceAuthority;
  let folder: string;
  let journey: JourneyPlatform;
  let serverId: string;
  let serverKey: string;

  before(async () => {
    [abm, factory, folder] = await Promise.all([
      new SimulatedAbm().start(),
      makeDeviceAuthority(),
      mkdtemp(join(tmpdir(), "muster-device-roots-")),
    ]);
    const roots = join(folder, "roots.pem");
    await writeFile(roots, factory.root);
    const environment = { MUSTER_ABM_URL: abm.url, MUSTER_APPLE_DEVICE_ROOTS: roots, MUSTER_OIDC_ISSUERS: ISSUER };
    journey = await startJourneyPlatform({ environment });
    const server = await journey.api.post<{ id: string; certificate: string }>("/api/v1/automated-enrollment-servers", {
      name: "Business Manager",
    });
    serverId = server.id;
    serverKey = server.certificate;
    const profile = await journey.api.post<Kept>("/api/v1/automated-enrollment-profiles", {
      name: "Company devices",
      supervised: true,
      mandatory: true,
      awaitConfiguration: true,
      returnToService: true,
      returnNetwork: NETWORK.toString("base64"),
      skipSetupItems: ["Siri", "Diagnostics"],
      minimums: [{ platform: "PLATFORM_IPADOS", osVersion: "18.1" }],
    });
    assert.deepEqual([profile.hasReturnNetwork, profile.returnNetwork ?? ""], [true, ""]);
    const byWebView = await journey.api.post<{ id: string }>("/api/v1/automated-enrollment-profiles", {
      name: "Company phones",
      supervised: true,
      webView: true,
    });
    await journey.api.put(`/api/v1/automated-enrollment-servers/${serverId}`, {
      name: "Business Manager",
      rules: [{ profileId: byWebView.id, deviceFamily: "iPhone" }],
      defaultProfileId: profile.id,
    });
    await journey.api.post("/api/v1/profiles", {
      name: "Office network",
      content: forMacs(),
      selection: { platforms: ["PLATFORM_MACOS"] },
    });
    const token = abm.downloadToken(server.certificate).toString("base64");
    await journey.api.post(`/api/v1/automated-enrollment-servers/${serverId}/token`, { token });
  });
  after(async () => {
    await journey?.stop();
    await abm?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const listed = async (query = ""): Promise<Listed[]> =>
    (await journey.api.get<{ devices: Listed[] }>(`/api/v1/automated-enrollment-devices?pageSize=500${query}`)).devices;
  /** The organisation buys the device, and the platform hears of it and gives it its profile. */
  const buy = async ({ hardware }: SimulatedAppleDevice) => {
    const [serialNumber, deviceFamily] = [hardware.serial, hardware.kind];
    abm.devices.add({ serialNumber, deviceFamily, model: hardware.model.marketingName });
    await journey.api.post(`/api/v1/automated-enrollment-servers/${serverId}/sync`);
    await eventually(
      "the device to have its profile",
      async () =>
        (await listed()).find((each) => each.serialNumber === serialNumber && each.assignment.endsWith("_DONE")),
      DEADLINE_MS,
    );
  };
  /** The first start, or the first after an erasure. */
  const setUp = async (device: SimulatedAppleDevice) => {
    const profile = abm.activate(device.hardware.serial);
    await device.enrollAutomated(profile ?? assert.fail("Apple sends the device nowhere"));
  };
  const enrollmentOf = async ({ hardware }: SimulatedAppleDevice): Promise<Enrollment> => {
    const known = (await listed()).find(({ serialNumber }) => serialNumber === hardware.serial);
    return journey.api.get<Enrollment>(`/api/v1/enrollments/${known?.deviceId}`);
  };
  const released = (device: SimulatedAppleDevice) =>
    eventually(
      "the registry to hear that the device went on",
      async () => (await enrollmentOf(device)).apple.awaitingConfiguration !== true || undefined,
      DEADLINE_MS,
    );
  /** Comes for commands until it is told to go on. */
  const configured = (device: SimulatedAppleDevice) =>
    eventually(
      "the device to be let out of Setup Assistant",
      async () => {
        await device.poll();
        return !device.state.awaitingConfiguration || undefined;
      },
      DEADLINE_MS,
    );
  const asked = (device: SimulatedAppleDevice) => device.ledger.of("command").map(({ requestType }) => requestType);
  const bought = async (t: TestContext, kind: "Mac" | "iPad" | "iPhone", seed: string, given = {}) => {
    const device = testDevice(t, kind, { ca: journey.ca, factory, seed, given });
    await buy(device);
    return device;
  };

  it("are known before they enroll, enroll supervised, and go on when they have what policies give them", async (t) => {
    const mac = await bought(t, "Mac", "automated-mac");
    const isOf = ({ serialNumber }: Listed) => serialNumber === mac.hardware.serial;
    assert.ok((await listed("&notEnrolledOnly=true")).some(isOf));
    await setUp(mac);
    assert.ok(!(await listed("&notEnrolledOnly=true")).some(isOf));
    const { apple, status } = await enrollmentOf(mac);
    assert.deepEqual(
      [status, apple.kind, apple.supervised, apple.awaitingConfiguration],
      ["STATUS_ENROLLED", "APPLE_ENROLLMENT_KIND_AUTOMATED", true, true],
    );
    await configured(mac);
    const before = asked(mac).slice(0, asked(mac).indexOf("DeviceConfigured"));
    assert.ok(before.includes("DeviceInformation") && before.includes("InstallProfile"));
    await released(mac);
    // What it shows to Apple when its user signs in with a managed account says which server manages it.
    const token = (await mac.fetchServiceToken("com.apple.maid"))?.toString() ?? assert.fail("no token");
    const [header = "", claims = "", signature = ""] = token.split(".");
    const signed = Buffer.from(`${header}.${claims}`);
    const { publicKey } = new X509Certificate(serverKey);
    assert.ok(verify("RSA-SHA256", signed, publicKey, Buffer.from(signature, "base64url")));
    const { iss, service_type } = JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<string, unknown>;
    assert.deepEqual([iss, service_type], [abm.uuid, "com.apple.maid"]);
    await assert.rejects(mac.fetchServiceToken("com.apple.watch.pairing"), { status: 400 });
  });

  it("update first when their system is too old, and may then be asked what only supervised devices may", async (t) => {
    const ipad = await bought(t, "iPad", "automated-ipad", { os: OLD_SYSTEM });
    await setUp(ipad);
    assert.equal(ipad.ledger.of("updated")[0]?.version, "18.1");
    await configured(ipad);
    const { deviceId } = await enrollmentOf(ipad);
    const { commands } = await journey.api.post<{ commands: { id: string }[] }>("/api/v1/commands", {
      deviceIds: [deviceId],
      type: "COMMAND_TYPE_APPLE",
      apple: { requestType: "RestartDevice" },
    });
    await ipad.poll();
    const { state } = await journey.api.get<{ state: string }>(`/api/v1/commands/${commands[0]?.id}`);
    assert.equal(state, "COMMAND_STATE_ACKNOWLEDGED");
    // Erased from afar it comes back by itself: Apple sends it here again.
    await released(ipad);
    await journey.api.post("/api/v1/commands", {
      deviceIds: [deviceId],
      type: "COMMAND_TYPE_WIPE",
      wipe: { returnToService: true },
    });
    await ipad.poll();
    assert.equal((await enrollmentOf(ipad)).generations["apple"], 2);
    await configured(ipad);
  });

  it("are the same device when they were erased and enroll again", async (t) => {
    const ipad = await bought(t, "iPad", "automated-again");
    await setUp(ipad);
    await configured(ipad);
    const before = await enrollmentOf(ipad);
    await released(ipad);
    // It is told how to go on by itself: Apple sends it here again, so that it needs a network and no profile.
    const bootstrapToken = Buffer.from("a bootstrap token");
    const { connection, ids } = ipad.enrollment ?? assert.fail("it is not enrolled");
    await connection.checkin({ MessageType: "SetBootstrapToken", ...ids, BootstrapToken: bootstrapToken });
    const wayBack = await ipad.fetchReturnToService();
    assert.deepEqual(wayBack, { network: NETWORK, profile: undefined, bootstrapToken });
    await ipad.resetByUser();
    assert.equal(ipad.ledger.count("erased"), 1);
    const after = await enrollmentOf(ipad);
    assert.equal(after.deviceId, before.deviceId);
    assert.equal(after.generations["apple"], 2);
    assert.equal(after.apple.awaitingConfiguration, true);
    await configured(ipad);
    assert.equal(asked(ipad).filter((requestType) => requestType === "DeviceConfigured").length, 2);
    await released(ipad);
  });

  it("get their profile in a web view where the settings say so", async (t) => {
    const phone = await bought(t, "iPhone", "automated-phone");
    assert.notEqual(abm.activate(phone.hardware.serial)?.configurationWebUrl, undefined);
    await setUp(phone);
    const { apple } = await enrollmentOf(phone);
    assert.deepEqual([apple.supervised, apple.awaitingConfiguration ?? false], [true, false]);
    assert.equal(await phone.fetchReturnToService(), undefined);
  });

  it("do not enroll when Apple has not assigned them, or nobody knows who made them", async (t) => {
    const mac = await bought(t, "Mac", "automated-known");
    const profile = abm.activate(mac.hardware.serial) ?? assert.fail("Apple sends the device nowhere");
    const stranger = testDevice(t, "Mac", { ca: journey.ca, factory, seed: "automated-stranger" });
    await assert.rejects(stranger.enrollAutomated(profile), { status: 403 });
    const forged = testDevice(t, "Mac", {
      ca: journey.ca,
      seed: "automated-forged",
      given: { serial: mac.hardware.serial, udid: mac.hardware.udid },
    });
    await assert.rejects(forged.enrollAutomated(profile), { status: 403 });
    await assert.rejects(mac.enrollAutomated({ ...profile, url: `${profile.url}x` }), { status: 404 });
    abm.devices.remove(mac.hardware.serial);
    await journey.api.post(`/api/v1/automated-enrollment-servers/${serverId}/sync`);
    await eventually(
      "the device to be gone",
      async () => !(await listed()).some(({ serialNumber }) => serialNumber === mac.hardware.serial) || undefined,
      DEADLINE_MS,
    );
    await assert.rejects(mac.enrollAutomated(profile), { status: 403 });
    const refusals = await eventually(
      "the refusals to be told",
      async () => {
        const path = "/api/v1/activities?types=muster.enrollment.v1.EnrollmentRefused";
        const { activities } = await journey.api.get<{ activities: { data: { code: string } }[] }>(path);
        const codes = new Set(activities.map(({ data }) => data.code));
        return codes.size >= 2 ? codes : undefined;
      },
      DEADLINE_MS,
    );
    assert.ok(refusals.has("automated.not_assigned") && refusals.has("apple.unknown_maker"));
  });

  documentsOfEveryKind(() => journey, ISSUER);

  it("are given another profile when a document of their server says so", async (t) => {
    const phone = await bought(t, "iPhone", "automated-documents");
    assert.notEqual(abm.activate(phone.hardware.serial)?.configurationWebUrl, undefined);
    const documents = join(folder, "documents");
    await writeDocuments(documents, [
      { kind: "AutomatedEnrollmentProfile", name: "Told phones", spec: { supervised: true } },
      {
        kind: "AutomatedEnrollmentServer",
        name: "Business Manager",
        spec: { rules: [{ profile: "Told phones", deviceFamily: "iPhone" }], defaultProfile: "Company devices" },
      },
    ]);
    const { out, code } = await runMuster(journey, ["apply", "-f", documents]);
    assert.equal(code, 0, out);
    await eventually(
      "Apple to have heard of the other profile",
      async () => abm.activate(phone.hardware.serial)?.configurationWebUrl === undefined || undefined,
      DEADLINE_MS,
    );
  });
});
