import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { promisify } from "node:util";
import { eventually } from "@muster/testkit/eventually";
import type { SimulatedAppleDevice } from "../simulators/apple/apple-device.ts";
import { type Plist, plistOf } from "../simulators/apple/plist/plist-value.ts";
import { writePlist } from "../simulators/apple/plist/write-plist.ts";
import { testDevice } from "../simulators/apple/testing/test-device.ts";
import type { MdmChannel } from "../simulators/apple/wire/mdm-channel.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";

interface Profile {
  readonly id: string;
  readonly name: string;
  readonly content?: string;
  readonly revision: number;
  readonly counts?: Readonly<Record<string, number>>;
}

interface DeviceProfile {
  readonly profileId: string;
  readonly userId?: string;
  readonly state: string;
  readonly cause?: string;
}

const DEADLINE_MS = 60_000;
const CLI = join(import.meta.dirname, "../../services/cli/src/main.ts");

/** A mobileconfig with one Wi-Fi payload, base64. */
const wifi = (identifier: string, ssid: string): string => {
  const head = (type: string, name: string): Plist => ({
    PayloadType: type,
    PayloadVersion: 1,
    PayloadIdentifier: name,
    PayloadUUID: randomUUID(),
  });
  const payload = { ...head("com.apple.wifi.managed", `${identifier}.wifi`), SSID_STR: ssid };
  const profile = writePlist({ ...head("Configuration", identifier), PayloadContent: [payload] });
  return Buffer.from(profile).toString("base64");
};

describe("configuration profiles", () => {
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

  const enrolled = async (t: TestContext, seed: string) => {
    const device = testDevice(t, "Mac", { ca: journey.ca, seed });
    await device.enrollFrom(enrollUrl);
    const { enrollments } = await journey.api.get<{ enrollments: { deviceId: string; hardwareSerial: string }[] }>(
      "/api/v1/enrollments?pageSize=100",
    );
    const found = enrollments.find(({ hardwareSerial }) => hardwareSerial === device.hardware.serial);
    return { device, deviceId: found?.deviceId ?? assert.fail("the device is not in the registry") };
  };
  /** Runs the `muster` command, and returns what it printed. */
  const muster = async (...args: readonly string[]): Promise<string> => {
    const { gateway } = journey.platform.urls;
    const env = { ...process.env, MUSTER_SERVER: gateway, MUSTER_TOKEN: journey.platform.administrator.token };
    return (await promisify(execFile)(process.execPath, [CLI, ...args], { env: { ...env, NO_COLOR: "1" } })).stdout;
  };
  const create = (deviceId: string, identifier: string, ssid: string, rest: object = {}) =>
    journey.api.post<Profile>("/api/v1/profiles", {
      name: identifier,
      content: wifi(identifier, ssid),
      selection: { deviceIds: [deviceId] },
      ...rest,
    });
  /** Lets the device come again and again until the profile stands so; a real one is woken instead. */
  const stands = async (deviceId: string, channel: MdmChannel, profileId: string, state: string | undefined) => {
    const end = performance.now() + DEADLINE_MS;
    for (;;) {
      await channel.poll("by hand");
      const { profiles } = await journey.api.get<{ profiles?: DeviceProfile[] }>(
        `/api/v1/devices/${deviceId}/profiles`,
      );
      const found = profiles?.find((each) => each.profileId === profileId);
      if (found?.state === state) return found;
      if (performance.now() > end) assert.fail(`waited in vain for ${state}: ${JSON.stringify(profiles)}`);
    }
  };
  const installed = (device: SimulatedAppleDevice, identifier: string) =>
    device.state.profiles.get(identifier)?.profile;
  const ssidOf = (device: SimulatedAppleDevice, identifier: string) =>
    plistOf(installed(device, identifier)?.payloads[0])["SSID_STR"];

  it("reach a device filled for it, are verified, and the newest content wins", async (t) => {
    const { device, deviceId } = await enrolled(t, "profiles-newest");
    const identifier = "example.newest";
    const profile = await create(deviceId, identifier, "Office <$MUSTER_SERIAL_NUMBER>");
    assert.equal(profile.content ?? "", "");
    await stands(deviceId, device.channel, profile.id, "PROFILE_STATE_VERIFIED");
    assert.equal(ssidOf(device, identifier), `Office <${device.hardware.serial}>`);
    const first = installed(device, identifier)?.uuid;
    for (const ssid of ["Second", "Third"])
      await journey.api.put(`/api/v1/profiles/${profile.id}`, {
        name: identifier,
        content: wifi(identifier, ssid),
        selection: { deviceIds: [deviceId] },
      });
    await stands(deviceId, device.channel, profile.id, "PROFILE_STATE_VERIFIED");
    assert.equal(ssidOf(device, identifier), "Third");
    assert.notEqual(installed(device, identifier)?.uuid, first);
    const { profiles } = await journey.api.get<{ profiles: Profile[] }>("/api/v1/profiles");
    const listed = profiles.find(({ id }) => id === profile.id);
    assert.deepEqual([listed?.counts?.["verified"], listed?.revision], [1, 3]);
  });

  it("that somebody took off are put back, and go when they are deleted", async (t) => {
    const { device, deviceId } = await enrolled(t, "profiles-drift");
    const identifier = "example.drift";
    const folder = await mkdtemp(join(tmpdir(), "muster-profiles-"));
    t.after(() => rm(folder, { recursive: true }));
    const file = join(folder, `${identifier}.mobileconfig`);
    await writeFile(file, Buffer.from(wifi(identifier, "Office"), "base64"));
    await eventually("inventory to know the device", () =>
      journey.api.get(`/api/v1/devices/${deviceId}`).then(
        () => true,
        () => undefined,
      ),
    );
    const [id = ""] = (await muster("apply", "profiles", file, "--device", device.hardware.serial)).split(" ");
    await stands(deviceId, device.channel, id, "PROFILE_STATE_VERIFIED");
    assert.match(await muster("get", "profiles"), new RegExp(`${identifier} .*${id}`));
    device.state.profiles.delete(identifier);
    await journey.api.post("/api/v1/commands", {
      deviceIds: [deviceId],
      type: "COMMAND_TYPE_APPLE",
      apple: { requestType: "ProfileList" },
    });
    await device.poll();
    await journey.api.until<{ profiles: DeviceProfile[] }, true>(
      `/api/v1/devices/${deviceId}/profiles`,
      ({ profiles }) => (profiles[0]?.cause === "it was not on the device any more" ? true : undefined),
      DEADLINE_MS,
    );
    await stands(deviceId, device.channel, id, "PROFILE_STATE_VERIFIED");
    assert.ok(installed(device, identifier));
    await muster("delete", "profiles", identifier);
    await stands(deviceId, device.channel, id, undefined);
    assert.equal(installed(device, identifier), undefined);
  });

  it("that cannot be filled for a device fail with the cause, and keep nothing else waiting", async (t) => {
    const { device, deviceId } = await enrolled(t, "profiles-cause");
    const bad = await create(deviceId, "example.cause", "$MUSTER_USER_EMAIL");
    const good = await create(deviceId, "example.beside", "Office");
    const { cause } = (await stands(deviceId, device.channel, bad.id, "PROFILE_STATE_FAILED")) ?? {};
    assert.equal(cause, "profile.variable_unknown: $MUSTER_USER_EMAIL is not known of this device");
    await stands(deviceId, device.channel, good.id, "PROFILE_STATE_VERIFIED");
    assert.equal(installed(device, "example.cause"), undefined);
    assert.match(await muster("describe", "device", deviceId), /example\.cause +failed .*variable_unknown/);
    assert.match(await muster("profile", "resend", "example.cause"), /again to 1/);
    await stands(deviceId, device.channel, bad.id, "PROFILE_STATE_FAILED");
  });

  it("of users go over the users' own channels, and all come again when a device enrolls anew", async (t) => {
    const { device, deviceId } = await enrolled(t, "profiles-users");
    await device.poll();
    const ada = await device.signIn("ada");
    const identifier = "example.user";
    const profile = await create(deviceId, identifier, "$MUSTER_USER_NAME's", { userChannel: true });
    await stands(deviceId, ada, profile.id, "PROFILE_STATE_VERIFIED");
    assert.equal(ssidOf(device, identifier), "ada's");
    const own = await create(deviceId, "example.again", "Office");
    await stands(deviceId, device.channel, own.id, "PROFILE_STATE_VERIFIED");
    await device.eraseByHand();
    await device.enrollFrom(enrollUrl);
    await journey.api.until<{ profiles: DeviceProfile[] }, true>(
      `/api/v1/devices/${deviceId}/profiles`,
      ({ profiles }) => (profiles.some(({ state }) => state === "PROFILE_STATE_PENDING") ? true : undefined),
      DEADLINE_MS,
    );
    await stands(deviceId, device.channel, own.id, "PROFILE_STATE_VERIFIED");
    assert.ok(installed(device, "example.again"));
  });
});
