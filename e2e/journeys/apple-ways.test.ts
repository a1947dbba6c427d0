import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { eventually } from "@muster/testkit/eventually";
import type { SimulatedAppleDevice } from "../simulators/apple/apple-device.ts";
import type { AppleHardware } from "../simulators/apple/hardware/apple-hardware.ts";
import type { AppleKind } from "../simulators/apple/hardware/apple-models.ts";
import {
  type AttestationAuthority,
  makeAttestationAuthority,
} from "../simulators/apple/hardware/attestation-authority.ts";
import { type DeviceAuthority, makeDeviceAuthority } from "../simulators/apple/hardware/device-authority.ts";
import { testDevice } from "../simulators/apple/testing/test-device.ts";
import { SimulatedOpenIdProvider } from "../simulators/openid/openid-provider.ts";
import { signInOnSheet } from "../simulators/openid/web-sheet.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";

interface Enrollment {
  readonly deviceId: string;
  readonly status: string;
  readonly ownership: string;
  readonly hardwareSerial: string;
  readonly certificateSerial: string;
  readonly generations: Readonly<Record<string, number>>;
  readonly apple: {
    readonly enrollmentId: string;
    readonly kind: string;
    readonly udid: string;
    readonly managedAccount: string;
    readonly attestation?: { readonly serialNumber: string };
  };
}

interface Command {
  readonly id: string;
  readonly state: string;
}

const OLD_SYSTEM = { family: "iOS", marketingName: "iOS 17.7.1", version: "17.7.1", build: "21H216" } as const;
const WAIT_MS = 60_000;

const succeeds = (call: Promise<unknown>): Promise<true | undefined> =>
  call.then(
    () => true,
    () => undefined,
  );

describe("The ways an Apple device comes, and stays", () => {
  let journey: JourneyPlatform;
  let factory: DeviceAuthority;
  let attestor: AttestationAuthority;
  let folder: string;
  let token: string;
  let people: SimulatedOpenIdProvider;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "muster-apple-ways-"));
    factory = await makeDeviceAuthority();
    const roots = join(folder, "device-roots.pem");
    await writeFile(roots, factory.root);
    attestor = await makeAttestationAuthority();
    const attestationRoots = join(folder, "attestation-roots.pem");
    await writeFile(attestationRoots, attestor.root);
    people = await SimulatedOpenIdProvider.start(() => at("/apple/account/callback"));
    journey = await startJourneyPlatform({
      environment: {
        MUSTER_APPLE_DEVICE_ROOTS: roots,
        MUSTER_APPLE_ATTESTATION_ROOTS: attestationRoots,
        MUSTER_OIDC_ISSUERS: people.issuer,
      },
    });
    ({ token } = await journey.api.post<{ token: string }>("/api/v1/enrollment-tokens", {
      name: "the ways",
      maxUses: 20,
    }));
  });
  after(async () => {
    await journey?.stop();
    await people?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const at = (path: string): string => `${journey.platform.urls.device}${path}`;
  const newDevice = (
    t: TestContext,
    kind: AppleKind,
    seed: string,
    { given = {}, maker = factory }: { given?: Partial<AppleHardware>; maker?: DeviceAuthority } = {},
  ) => testDevice(t, kind, { ca: journey.ca, seed, factory: maker, attestor, given });
  const enrollments = async (): Promise<Enrollment[]> =>
    (await journey.api.get<{ enrollments: Enrollment[] }>("/api/v1/enrollments?pageSize=100")).enrollments;
  const enrollmentOf = async ({ hardware }: SimulatedAppleDevice): Promise<Enrollment> =>
    (await enrollments()).find(({ hardwareSerial }) => hardwareSerial === hardware.serial) ??
    assert.fail("the device is not in the registry");
  /** When a device hears of its declarations is policy's to decide. */
  const done = (device: SimulatedAppleDevice) =>
    device.ledger
      .of("command")
      .map(({ requestType }) => requestType)
      .filter((requestType) => requestType !== "DeclarativeManagement");

  /** Services hear of a device in no order: it comes until it is asked this. */
  const pollUntil = (device: SimulatedAppleDevice, requestType: string) =>
    eventually(
      requestType,
      async () => {
        await device.poll();
        return done(device).includes(requestType) || undefined;
      },
      WAIT_MS,
    );

  it("lead over the air, when its maker vouches for the device", async (t) => {
    const device = newDevice(t, "iPhone", "ways-ota");
    await device.enrollOverTheAir(at(`/apple/ota/${token}`));
    const { apple, status } = await enrollmentOf(device);
    assert.deepEqual(
      [status, apple.kind, apple.udid],
      ["STATUS_ENROLLED", "APPLE_ENROLLMENT_KIND_OVER_THE_AIR", device.hardware.udid],
    );
    const stranger = newDevice(t, "iPhone", "ways-ota-stranger", { maker: await makeDeviceAuthority() });
    await assert.rejects(stranger.enrollOverTheAir(at(`/apple/ota/${token}`)), { status: 403 });
  });

  it("lead by a managed account, on a person's own device and on the organisation's", async (t) => {
    const { clientId, clientSecret, issuer } = people;
    await journey.api.post("/api/v1/account-sign-ins", {
      name: "Example",
      issuer,
      clientId,
      clientSecret,
      domains: ["example.org"],
      allowsPersonal: true,
      allowsCorporate: true,
      minimums: [{ platform: "PLATFORM_IOS", osVersion: "18.1" }],
    });
    const signIn = (url: string) => signInOnSheet(url, journey.ca);
    const account = "ada@example.org";
    people.person = { sub: "1", email: account };

    const own = newDevice(t, "iPhone", "ways-own", { given: { os: OLD_SYSTEM } });
    await own.enrollByAccount({ origin: journey.platform.urls.device, account, mode: "BYOD", signIn });
    assert.equal(own.ledger.of("updated")[0]?.version, "18.1");
    const personal = (await enrollments()).find(({ apple }) => apple?.kind.endsWith("ACCOUNT_USER"));
    assert.equal(personal?.ownership, "OWNERSHIP_PERSONAL");
    assert.equal(personal.apple.managedAccount, account);
    await pollUntil(own, "DeviceInformation");
    // Nobody here knows which device it is.
    const told = JSON.stringify([
      personal,
      await journey.api.get(`/api/v1/activities?deviceId=${personal.deviceId}`),
      await journey.api.get(`/api/v1/devices/${personal.deviceId}/facts`),
    ]);
    for (const name of [own.hardware.serial, own.hardware.udid, own.state.deviceName])
      assert.equal(told.includes(name), false, name);

    const theirs = newDevice(t, "iPad", "ways-theirs");
    const pages: URL[] = [];
    await theirs.enrollByAccount({
      origin: journey.platform.urls.device,
      account,
      mode: "ADDE",
      signIn: async (url) => {
        pages.push(new URL(url));
        const token = await signIn(url);
        if (token !== undefined) delete theirs.misbehaviour.showsToken;
        return token;
      },
    });
    const corporate = await enrollmentOf(theirs);
    assert.deepEqual(
      [corporate.ownership, corporate.apple.kind],
      ["OWNERSHIP_CORPORATE", "APPLE_ENROLLMENT_KIND_ACCOUNT_DEVICE"],
    );

    // When a sign-in has ended its person signs in anew, and nobody else; the enrollment goes on.
    theirs.misbehaviour.showsToken = "one that has ended";
    people.person = { sub: "2", email: "grace@example.org" };
    await theirs.poll();
    await assert.rejects(theirs.updateToken(), { status: 401 });
    people.person = { sub: "1", email: account };
    await theirs.poll();
    await theirs.updateToken();
    await pollUntil(theirs, "DeviceInformation");
    const [, ...anew] = pages.map(({ searchParams }) => searchParams.get("enrollment"));
    assert.deepEqual(new Set(anew), new Set([corporate.apple.enrollmentId]));
    assert.deepEqual((await enrollmentOf(theirs)).generations, corporate.generations);
  });

  it("lead nobody whom the identity provider does not know as one of the organisation's", async (t) => {
    const origin = journey.platform.urls.device;
    const enroll = (seed: string, account: string) =>
      newDevice(t, "iPhone", seed).enrollByAccount({
        origin,
        account,
        mode: "BYOD",
        signIn: (url) => signInOnSheet(url, journey.ca),
      });
    people.person = { sub: "2", email: "eve@else.org" };
    await assert.rejects(enroll("ways-eve", "ada@example.org"), { status: 401 });
    people.person = undefined;
    await assert.rejects(enroll("ways-refused", "ada@example.org"), { status: 401 });
    await assert.rejects(enroll("ways-else", "eve@else.org"), { status: 403, code: "com.apple.well-known.failed" });
  });

  it("bring what another server knew of a device", async (t) => {
    const device = newDevice(t, "Mac", "ways-moved");
    const { serial: serialNumber, udid } = device.hardware;
    const { results } = await journey.api.post<{ results: { id: string; errorCode: string }[] }>(
      "/api/v1/apple-imports",
      {
        source: "another server",
        devices: [{ serialNumber, udid, diskRecoveryKey: "ABCD-EFGH-IJKL" }, { serialNumber: "none" }],
      },
    );
    assert.deepEqual(
      results.map(({ errorCode }) => errorCode),
      ["", "import.bad_device"],
    );
    await device.enrollOverTheAir(at(`/apple/ota/${token}`));
    const { deviceId } = await enrollmentOf(device);
    const imported = await journey.api.get<{ deviceId: string; waitingSecrets: string[] }>(
      `/api/v1/apple-imports/${results[0]?.id}`,
    );
    assert.deepEqual([imported.deviceId, imported.waitingSecrets], [deviceId, []]);
    const { secrets } = await journey.api.get<{ secrets: { kind: string }[] }>(`/api/v1/devices/${deviceId}/secrets`);
    assert.ok(secrets.some(({ kind }) => kind === "SECRET_KIND_DISK_RECOVERY_KEY"));
  });

  it("do not end with a certificate: a new one comes from the server, and nothing is lost", async (t) => {
    const device = newDevice(t, "Mac", "ways-renewal");
    await device.enrollFrom(at(`/apple/enroll/${token}`));
    assert.equal(await device.signInFromDirectory("grace"), undefined);
    await device.poll();
    const before = await enrollmentOf(device);
    const { commands } = await journey.api.post<{ commands: Command[] }>("/api/v1/commands", {
      deviceIds: [before.deviceId],
      type: "COMMAND_TYPE_APPLE",
      apple: { requestType: "RemoveProfile", parameters: { Identifier: "example.wifi" } },
    });
    const { commandId } = await journey.api.post<{ commandId: string }>(
      `/api/v1/enrollments/${before.deviceId}/renew-identity`,
    );
    await eventually(
      "the renewal to be queued",
      () => succeeds(journey.api.get(`/api/v1/commands/${commandId}`)),
      WAIT_MS,
    );
    await pollUntil(device, "InstallProfile");
    assert.ok(done(device).includes("RemoveProfile"));
    assert.equal(device.ledger.count("renewed"), 1);
    const renewed = await enrollmentOf(device);
    assert.notEqual(renewed.certificateSerial, before.certificateSerial);
    assert.deepEqual(
      [renewed.apple.enrollmentId, renewed.generations],
      [before.apple.enrollmentId, before.generations],
    );
    const { state } = await journey.api.get<Command>(`/api/v1/commands/${commands[0]?.id}`);
    assert.notEqual(state, "COMMAND_STATE_CANCELLED");
    assert.ok(((await device.fetchBootstrapToken())?.length ?? 0) > 0);
    // From now on a key has to live in hardware: the next renewal brings one over ACME, to the same enrollment.
    const way = "APPLE_IDENTITY_WAY_ACME_ATTESTED";
    assert.equal((await journey.api.put<{ way: string }>("/api/v1/apple-identity", { way })).way, way);
    // The command's end reached enrollment: the next renewal may be asked for.
    await eventually(
      "another renewal",
      () => succeeds(journey.api.post(`/api/v1/enrollments/${before.deviceId}/renew-identity`)),
      WAIT_MS,
    );
    await eventually(
      "the device to be renewed over ACME",
      async () => {
        await device.poll();
        return device.ledger.count("renewed") === 2 || undefined;
      },
      WAIT_MS,
    );
    const attested = await enrollmentOf(device);
    assert.equal(attested.apple.attestation?.serialNumber, device.hardware.serial);
    assert.deepEqual(
      [attested.apple.enrollmentId, attested.generations],
      [before.apple.enrollmentId, before.generations],
    );
    assert.ok(((await device.fetchBootstrapToken())?.length ?? 0) > 0);
    // It takes commands with its new key.
    await journey.api.post("/api/v1/commands", {
      deviceIds: [before.deviceId],
      type: "COMMAND_TYPE_APPLE",
      apple: { requestType: "RemoveProvisioningProfile", parameters: { UUID: "example" } },
    });
    await pollUntil(device, "RemoveProvisioningProfile");
  });
});
