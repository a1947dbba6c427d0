import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import { eventually } from "@muster/testkit/eventually";
import type { SimulatedAppleDevice } from "../simulators/apple/apple-device.ts";
import type { AppleKind } from "../simulators/apple/hardware/apple-models.ts";
import { testDevice } from "../simulators/apple/testing/test-device.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";

interface Enrollment {
  readonly deviceId: string;
  readonly status: string;
  readonly method: string;
  readonly platform: string;
  readonly hardwareSerial: string;
  readonly generations: Readonly<Record<string, number>>;
  readonly apple: {
    readonly enrollmentId: string;
    readonly udid: string;
    readonly users?: readonly { userId: string }[];
  };
}

interface Fact {
  readonly name: string;
  readonly value: unknown;
}

interface Command {
  readonly id: string;
  readonly state: string;
  readonly result?: { readonly appleResponse?: Readonly<Record<string, unknown>> };
}

const INVENTORY = [
  "DeviceInformation",
  "SecurityInfo",
  "ProfileList",
  "CertificateList",
  "InstalledApplicationList",
  "ManagedApplicationList",
  "ProvisioningProfileList",
];

describe("Apple devices", () => {
  let journey: JourneyPlatform;
  let enrollUrl: string;
  before(async () => {
    journey = await startJourneyPlatform();
    const { token } = await journey.api.post<{ token: string }>("/api/v1/enrollment-tokens", {
      name: "Macs and iPhones",
      maxUses: 20,
    });
    enrollUrl = `${journey.platform.urls.device}/apple/enroll/${token}`;
  });
  after(() => journey?.stop());

  const enrollmentsOf = async ({ hardware }: SimulatedAppleDevice): Promise<Enrollment[]> => {
    const { enrollments } = await journey.api.get<{ enrollments: Enrollment[] }>("/api/v1/enrollments?pageSize=100");
    return enrollments.filter(({ hardwareSerial }) => hardwareSerial === hardware.serial);
  };
  const enrollmentOf = async (device: SimulatedAppleDevice): Promise<Enrollment> => {
    const [enrollment, ...others] = await enrollmentsOf(device);
    assert.equal(others.length, 0);
    return enrollment ?? assert.fail("the device is not in the registry");
  };
  const enrolled = async (t: TestContext, kind: AppleKind, seed: string) => {
    const device = testDevice(t, kind, { ca: journey.ca, seed });
    await device.enrollFrom(enrollUrl);
    return device;
  };
  const ask = async (deviceId: string, requestType: string, parameters: object = {}): Promise<string> => {
    const { commands } = await journey.api.post<{ commands: Command[] }>("/api/v1/commands", {
      deviceIds: [deviceId],
      type: "COMMAND_TYPE_APPLE",
      apple: { requestType, parameters },
    });
    return commands[0]?.id ?? assert.fail("nothing was queued");
  };
  const command = (id: string) => journey.api.get<Command>(`/api/v1/commands/${id}`);
  /** When a device hears of its declarations is policy's to decide. */
  const done = (device: SimulatedAppleDevice) =>
    device.ledger
      .of("command")
      .map(({ requestType }) => requestType)
      .filter((requestType) => requestType !== "DeclarativeManagement");

  /** Lets a device poll until it did all this; one whose declarations are told of at that moment is asked at its next visit. */
  const answered = async (device: SimulatedAppleDevice, wanted: readonly string[]) => {
    await eventually("the device to be asked", async () => {
      await device.poll();
      return done(device).length >= wanted.length ? true : undefined;
    });
    assert.deepEqual(done(device), wanted);
  };

  it("enroll by a profile, are in the registry once, and are asked what they are like", async (t) => {
    const mac = await enrolled(t, "Mac", "journey-mac");
    const phone = await enrolled(t, "iPhone", "journey-phone");
    for (const [device, platform] of [
      [mac, "PLATFORM_MACOS"],
      [phone, "PLATFORM_IOS"],
    ] as const) {
      const enrollment = await enrollmentOf(device);
      assert.deepEqual(
        [enrollment.status, enrollment.method, enrollment.platform, enrollment.apple.udid],
        ["STATUS_ENROLLED", "METHOD_APPLE", platform, device.hardware.udid],
      );
      await answered(device, device === mac ? [...INVENTORY, "AvailableOSUpdates"] : INVENTORY);
      const known = await eventually("what it answered to be known", async () => {
        const { facts } = await journey.api.get<{ facts: Fact[] }>(`/api/v1/devices/${enrollment.deviceId}/facts`);
        const byName = new Map(facts.map(({ name, value }) => [name, value]));
        return byName.has("apple_device") && byName.has("apple_certificates") ? byName : undefined;
      });
      const told = known.get("apple_device") as Readonly<Record<string, unknown>>;
      assert.deepEqual(
        [told["os_version"], told["serial_number"]],
        [device.hardware.os.version, device.hardware.serial],
      );
      const read = () =>
        journey.api.get<{ osName: string; osVersion: string; enrolledAt: string; lastSeenAt: string }>(
          `/api/v1/devices/${enrollment.deviceId}`,
        );
      const { osName, osVersion } = await read();
      assert.deepEqual([osName, osVersion], [device.hardware.os.family, device.hardware.os.version]);
      await eventually("its visit to be known", async () => {
        const { enrolledAt, lastSeenAt } = await read();
        return lastSeenAt > enrolledAt ? true : undefined;
      });
    }
  });

  it("carry out what they are asked, and say so", async (t) => {
    const device = await enrolled(t, "Mac", "journey-commands");
    const { deviceId } = await enrollmentOf(device);
    await device.poll();
    const id = await ask(deviceId, "DeviceInformation", { Queries: ["OSVersion"] });
    await device.poll();
    const { result, state } = await command(id);
    assert.equal(state, "COMMAND_STATE_ACKNOWLEDGED");
    assert.deepEqual(result?.appleResponse, { QueryResponses: { OSVersion: device.hardware.os.version } });
  });

  it("begin anew when they enroll again, as the same device", async (t) => {
    const device = await enrolled(t, "iPad", "journey-again");
    const before = await enrollmentOf(device);
    await answered(device, INVENTORY);
    const pending = await ask(before.deviceId, "RemoveProfile", { Identifier: "example.wifi" });
    await device.eraseByHand();
    await device.enrollFrom(enrollUrl);
    const after = await enrollmentOf(device);
    assert.equal(after.deviceId, before.deviceId);
    assert.notEqual(after.apple.enrollmentId, before.apple.enrollmentId);
    assert.equal(after.generations["apple"], 2);
    await answered(device, [...INVENTORY, ...INVENTORY]);
    await eventually("the earlier command to end", async () => {
      const { state } = await command(pending);
      return state === "COMMAND_STATE_CANCELLED" ? true : undefined;
    });
  });

  it("of one user have a channel of the user's own", async (t) => {
    const device = await enrolled(t, "Mac", "journey-users");
    await device.poll();
    const channel = await device.signIn("ada");
    const { apple, deviceId } = await enrollmentOf(device);
    assert.equal(apple.users?.length, 1);
    const { commands } = await journey.api.post<{ commands: Command[] }>("/api/v1/commands", {
      deviceIds: [deviceId],
      type: "COMMAND_TYPE_APPLE",
      apple: { requestType: "ProfileList", userId: apple.users?.[0]?.userId },
    });
    await channel.poll("by hand");
    assert.equal((await command(commands[0]?.id ?? "")).state, "COMMAND_STATE_ACKNOWLEDGED");
  });

  it("leave their bootstrap token in our keeping, and get it back", async (t) => {
    const device = await enrolled(t, "Mac", "journey-token");
    await device.poll();
    await device.signIn("ada");
    assert.ok(((await device.fetchBootstrapToken())?.length ?? 0) > 0);
    const { deviceId } = await enrollmentOf(device);
    await device.removeManagement();
    const { status } = await journey.api.get<Enrollment>(`/api/v1/enrollments/${deviceId}`);
    assert.equal(status, "STATUS_UNENROLLED");
  });

  it("are told that it is over when an administrator ends their management", async (t) => {
    const device = await enrolled(t, "iPhone", "journey-ended");
    const { deviceId } = await enrollmentOf(device);
    await journey.api.post(`/api/v1/enrollments/${deviceId}/unenroll`, { reason: "sold" });
    await assert.rejects(device.updateToken());
  });

  it("do not enroll with what is no token", async (t) => {
    const device = testDevice(t, "Mac", { ca: journey.ca, seed: "journey-stranger" });
    await assert.rejects(device.enrollFrom(`${enrollUrl}x`));
  });
});
