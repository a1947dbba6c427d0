import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { promisify } from "node:util";
import { eventually } from "@muster/testkit/eventually";
import type { SimulatedAppleDevice } from "../simulators/apple/apple-device.ts";
import type { AppleKind } from "../simulators/apple/hardware/apple-models.ts";
import { writePlist } from "../simulators/apple/plist/write-plist.ts";
import { testDevice } from "../simulators/apple/testing/test-device.ts";
import type { MdmChannel } from "../simulators/apple/wire/mdm-channel.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";

interface Declaration {
  readonly id: string;
  readonly identifier: string;
  readonly name: string;
}

interface Standing {
  readonly identifier: string;
  readonly userId?: string;
  readonly state: string;
  readonly reasons?: readonly { readonly code: string }[];
  readonly softwareUpdate?: {
    readonly installState?: string;
    readonly pendingOsVersion?: string;
    readonly failureCount?: number;
    readonly failureReason?: string;
  };
}

const CLI = join(import.meta.dirname, "../../services/cli/src/main.ts");
const PASSCODE = "com.apple.configuration.passcode.settings";
/** Policy and command hear of a device each in its own time. */
const PATIENCE_MS = 60_000;

describe("Apple devices under declarative management", () => {
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

  const deviceIdOf = async ({ hardware }: SimulatedAppleDevice): Promise<string> => {
    const { enrollments } = await journey.api.get<{ enrollments: { deviceId: string; hardwareSerial: string }[] }>(
      "/api/v1/enrollments?pageSize=100",
    );
    const found = enrollments.find(({ hardwareSerial }) => hardwareSerial === hardware.serial);
    return found?.deviceId ?? assert.fail("the device is not in the registry");
  };
  /** A device that enrolled, heard of its first declarations, and told of them. */
  const synchronized = async (t: TestContext, kind: AppleKind, seed: string) => {
    const device = testDevice(t, kind, { ca: journey.ca, seed });
    await device.enrollFrom(enrollUrl);
    const deviceId = await deviceIdOf(device);
    await synced(device, device.channel, 1);
    return { device, deviceId };
  };
  const syncs = (device: SimulatedAppleDevice, channel: MdmChannel) =>
    device.ledger
      .of("command")
      .filter((command) => command.requestType === "DeclarativeManagement" && command.channel === channel.name).length;
  /** Lets a device poll until it was told so many times to fetch its declarations. */
  const synced = (device: SimulatedAppleDevice, channel: MdmChannel, times: number) =>
    eventually(
      `sync ${times} to come`,
      async () => {
        await channel.poll("by hand");
        return syncs(device, channel) >= times ? true : undefined;
      },
      PATIENCE_MS,
    );
  /** Runs the `muster` command, and returns what it printed. */
  const muster = async (...args: readonly string[]): Promise<string> => {
    const { gateway } = journey.platform.urls;
    const env = { ...process.env, MUSTER_SERVER: gateway, MUSTER_TOKEN: journey.platform.administrator.token };
    return (await promisify(execFile)(process.execPath, [CLI, ...args], { env: { ...env, NO_COLOR: "1" } })).stdout;
  };
  const declare = (declaration: object) =>
    journey.api.post<Declaration>("/api/v1/declarations", { enabled: true, ...declaration });
  const standing = async (deviceId: string, identifier: string): Promise<Standing | undefined> => {
    const { declarations } = await journey.api.get<{ declarations: Standing[] }>(
      `/api/v1/devices/${deviceId}/declarations`,
    );
    return declarations.find((each) => each.identifier === identifier);
  };
  const factOf = (deviceId: string, name: string, isRight: (value: Readonly<Record<string, unknown>>) => boolean) =>
    eventually(
      `the fact ${name}`,
      async () => {
        const { facts = [] } = await journey.api.get<{ facts?: { name: string; value: Record<string, unknown> }[] }>(
          `/api/v1/devices/${deviceId}/facts`,
        );
        const value = facts.find((fact) => fact.name === name)?.value;
        return value !== undefined && isRight(value) ? value : undefined;
      },
      PATIENCE_MS,
    );

  it("tell of themselves from the beginning, and what they tell becomes facts", async (t) => {
    const { device, deviceId } = await synchronized(t, "Mac", "declared-mac");
    const status = await factOf(deviceId, "apple_status", (value) => "device_model_family" in value);
    assert.deepEqual(
      [
        status["device_model_family"],
        status["device_operating_system_version"],
        status["device_identifier_serial_number"],
      ],
      ["Mac", device.hardware.os.version, device.hardware.serial],
    );
    device.state.passcode = "12345678";
    await device.reportChange();
    await factOf(deviceId, "apple_status", (value) => value["passcode_is_present"] === "true");
    assert.equal((await standing(deviceId, "muster.status"))?.state, "DECLARATION_STATE_ACTIVE");
  });

  it("keep to what is declared for them, are told once of a change, and forget what is not for them any more", async (t) => {
    const { device, deviceId } = await synchronized(t, "Mac", "declared-change");
    const other = await synchronized(t, "iPhone", "declared-other");
    const made = await declare({
      name: "Passcodes",
      type: PASSCODE,
      payload: { MinimumLength: 6 },
      selection: { deviceIds: [deviceId] },
    });
    assert.equal((await standing(deviceId, made.identifier))?.state, "DECLARATION_STATE_PENDING");
    for (const MinimumLength of [8, 10])
      await journey.api.put(`/api/v1/declarations/${made.id}`, { ...made, payload: { MinimumLength } });
    await synced(device, device.channel, 2);
    await eventually(
      "it to be in effect",
      async () =>
        (await standing(deviceId, made.identifier))?.state === "DECLARATION_STATE_ACTIVE" ? true : undefined,
      PATIENCE_MS,
    );
    await device.poll();
    const active = device.declarationsOf().declarations.active(PASSCODE);
    assert.deepEqual(
      active.map(({ payload }) => payload),
      [{ MinimumLength: 10 }],
    );
    const counted = await journey.api.get<{ counts: { active: number } }>(`/api/v1/declarations/${made.id}`);
    assert.equal(counted.counts.active, 1);
    assert.equal(other.device.declarationsOf().declarations.active(PASSCODE).length, 0);
    assert.equal(await standing(other.deviceId, made.identifier), undefined);
    const before = syncs(device, device.channel);
    await journey.api.delete(`/api/v1/declarations/${made.id}`);
    await synced(device, device.channel, before + 1);
    assert.equal(device.declarationsOf().declarations.active(PASSCODE).length, 0);
    await eventually(
      "it to be gone",
      async () => ((await standing(deviceId, made.identifier)) === undefined ? true : undefined),
      PATIENCE_MS,
    );
  });

  it("decide by a predicate, and say why something is not in effect", async (t) => {
    const { device, deviceId } = await synchronized(t, "iPhone", "declared-predicate");
    const selection = { deviceIds: [deviceId] };
    const [onMacs, onPhones, failing] = [
      await declare({
        name: "On Macs",
        type: PASSCODE,
        payload: { MinimumLength: 4 },
        predicate: "(@status(device.model.family) == 'Mac')",
        selection,
      }),
      await declare({
        name: "On iPhones",
        type: PASSCODE,
        payload: { MinimumLength: 6 },
        predicate: "(@status(device.model.family) == 'iPhone')",
        selection,
      }),
      await declare({
        name: "Fails",
        type: "com.apple.configuration.management.test",
        payload: { Echo: "x", ReturnStatus: "Failed" },
        selection,
      }),
    ];
    await synced(device, device.channel, 2);
    const states = await eventually(
      "all to be told of",
      async () => {
        await device.poll();
        const found = await Promise.all(
          [onMacs, onPhones, failing].map(({ identifier }) => standing(deviceId, identifier)),
        );
        return found.every((each) => each !== undefined && each.state !== "DECLARATION_STATE_PENDING")
          ? found
          : undefined;
      },
      PATIENCE_MS,
    );
    assert.deepEqual(
      states.map((each) => each?.state),
      ["DECLARATION_STATE_INACTIVE", "DECLARATION_STATE_ACTIVE", "DECLARATION_STATE_INVALID"],
    );
    assert.equal(states[2]?.reasons?.[0]?.code, "Error.ConfigurationFailed");
  });

  it("install a profile by declaration, which nobody else can fetch", async (t) => {
    const { device, deviceId } = await synchronized(t, "Mac", "declared-legacy");
    const profile = writePlist({
      PayloadType: "Configuration",
      PayloadVersion: 1,
      PayloadIdentifier: "example.declared",
      PayloadUUID: "6B1F1B5C-0000-4000-8000-000000000001",
      PayloadContent: [],
    });
    const made = await declare({
      name: "A profile",
      type: "com.apple.configuration.legacy",
      content: Buffer.from(profile).toString("base64"),
      selection: { deviceIds: [deviceId] },
    });
    await synced(device, device.channel, 2);
    assert.ok(device.state.profiles.has("example.declared"));
    const [declared] = device.declarationsOf().declarations.active("com.apple.configuration.legacy");
    const url = declared?.payload["ProfileURL"];
    if (typeof url !== "string") assert.fail("the configuration has no ProfileURL");
    const stranger = await synchronized(t, "Mac", "declared-stranger");
    assert.equal((await stranger.device.enrollment?.connection.fetch(url))?.status, 404);
    assert.equal((await device.enrollment?.connection.fetch(url))?.status, 200);
    await journey.api.delete(`/api/v1/declarations/${made.id}`);
    await synced(device, device.channel, 3);
    assert.equal(device.state.profiles.has("example.declared"), false);
  });

  it("install an update by a deadline, and say when they cannot", async (t) => {
    const { device, deviceId } = await synchronized(t, "Mac", "declared-update");
    const file = join(await mkdtemp(join(tmpdir(), "muster-declarations-")), "update.json");
    t.after(() => rm(dirname(file), { recursive: true }));
    await writeFile(
      file,
      JSON.stringify({
        name: "The newest macOS",
        identifier: "example.update",
        softwareUpdate: { targetOsVersion: "99.1", targetLocalDateTime: "2027-01-04T18:00:00" },
        selection: { deviceIds: [deviceId] },
      }),
    );
    for (const revision of [1, 1])
      assert.match(await muster("apply", "declarations", file), new RegExp(`revision ${revision}`));
    const identifier = "example.update";
    assert.match(await muster("get", "declarations"), /The newest macOS/);
    await synced(device, device.channel, 2);
    const updates = (isRight: (update: NonNullable<Standing["softwareUpdate"]>) => boolean) =>
      eventually(
        "the update's status",
        async () => {
          const update = (await standing(deviceId, identifier))?.softwareUpdate;
          return update !== undefined && isRight(update) ? update : undefined;
        },
        PATIENCE_MS,
      );
    const waiting = await updates(({ installState }) => installState === "waiting");
    assert.equal(waiting.pendingOsVersion, "99.1");
    await device.declarationsOf().passDeadline("not enough power");
    const failed = await updates(({ installState }) => installState === "failed");
    assert.deepEqual([failed.failureCount, failed.failureReason], [1, "not enough power"]);
    await factOf(deviceId, "apple_status_software_update", (value) => value["install_state"] === "failed");
    await device.declarationsOf().passDeadline();
    await factOf(deviceId, "apple_status", (value) => value["device_operating_system_version"] === "99.1");
  });

  it("of a user keep to what is declared for users on a channel of its own", async (t) => {
    const { device, deviceId } = await synchronized(t, "Mac", "declared-user");
    const channel = await device.signIn("ada");
    const { identifier } = await declare({
      name: "For users",
      type: "com.apple.configuration.management.test",
      payload: { Echo: "user" },
      userChannel: true,
      selection: { deviceIds: [deviceId] },
    });
    await synced(device, channel, 1);
    const found = await eventually(
      "it to be in effect",
      async () => {
        const each = await standing(deviceId, identifier);
        return each?.state === "DECLARATION_STATE_ACTIVE" ? each : undefined;
      },
      PATIENCE_MS,
    );
    assert.notEqual(found.userId ?? "", "");
    assert.equal(device.declarationsOf().declarations.active("com.apple.configuration.management.test").length, 0);
  });
});
