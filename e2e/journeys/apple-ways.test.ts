import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { eventually } from "@muster/testkit/eventually";
import type { SimulatedAppleDevice } from "../simulators/apple/apple-device.ts";
import type { AppleKind } from "../simulators/apple/hardware/apple-models.ts";
import { type DeviceAuthority, makeDeviceAuthority } from "../simulators/apple/hardware/device-authority.ts";
import { testDevice } from "../simulators/apple/testing/test-device.ts";
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
  };
}

interface Command {
  readonly id: string;
  readonly state: string;
}

const WAIT_MS = 60_000;

describe("The ways an Apple device comes, and stays", () => {
  let journey: JourneyPlatform;
  let factory: DeviceAuthority;
  let folder: string;
  let token: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "muster-apple-ways-"));
    factory = await makeDeviceAuthority();
    const roots = join(folder, "device-roots.pem");
    await writeFile(roots, factory.root);
    journey = await startJourneyPlatform({ environment: { MUSTER_APPLE_DEVICE_ROOTS: roots } });
    ({ token } = await journey.api.post<{ token: string }>("/api/v1/enrollment-tokens", {
      name: "the ways",
      maxUses: 20,
    }));
  });
  after(async () => {
    await journey?.stop();
    await rm(folder, { recursive: true });
  });

  const at = (path: string): string => `${journey.platform.urls.device}${path}`;
  const newDevice = (t: TestContext, kind: AppleKind, seed: string, maker = factory) =>
    testDevice(t, kind, { ca: journey.ca, seed, factory: maker });
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

  it("lead over the air, when its maker vouches for the device", async (t) => {
    const device = newDevice(t, "iPhone", "ways-ota");
    await device.enrollOverTheAir(at(`/apple/ota/${token}`));
    const { apple, status } = await enrollmentOf(device);
    assert.deepEqual(
      [status, apple.kind, apple.udid],
      ["STATUS_ENROLLED", "APPLE_ENROLLMENT_KIND_OVER_THE_AIR", device.hardware.udid],
    );
    const stranger = newDevice(t, "iPhone", "ways-ota-stranger", await makeDeviceAuthority());
    await assert.rejects(stranger.enrollOverTheAir(at(`/apple/ota/${token}`)), { status: 403 });
  });

  it("do not end with a certificate: a new one comes from the server, and nothing is lost", async (t) => {
    const device = newDevice(t, "Mac", "ways-renewal");
    await device.enrollFrom(at(`/apple/enroll/${token}`));
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
    await journey.api.until<Command, true>(`/api/v1/commands/${commandId}`, () => true, WAIT_MS);
    await device.poll();
    assert.deepEqual(done(device).slice(-2), ["RemoveProfile", "InstallProfile"]);
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
    // The command's end reached enrollment: the next renewal may be asked for.
    await eventually(
      "another renewal",
      async () =>
        journey.api.post(`/api/v1/enrollments/${before.deviceId}/renew-identity`).then(
          () => true,
          () => undefined,
        ),
      WAIT_MS,
    );
  });
});
