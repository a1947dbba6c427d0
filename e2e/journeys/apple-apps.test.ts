import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import { eventually } from "@muster/testkit/eventually";
import type { SimulatedAppleDevice } from "../simulators/apple/apple-device.ts";
import type { AppleKind } from "../simulators/apple/hardware/apple-models.ts";
import { testDevice } from "../simulators/apple/testing/test-device.ts";
import { AppsAndBooksSimulator } from "../simulators/vpp/apps-and-books.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";

interface Command {
  readonly id: string;
  readonly state: string;
  readonly result?: { readonly reason?: string };
}

interface Enqueued {
  readonly commands: readonly Command[];
  readonly refusals?: readonly { readonly code: string }[];
}

interface Managed {
  readonly device: SimulatedAppleDevice;
  readonly deviceId: string;
}

const WAIT = 60_000;
const APP = "361309726";
const BUNDLE = `com.example.store.id${APP}`;

describe("Apps on Apple's devices", () => {
  const store = new AppsAndBooksSimulator();
  const location = store.location("Berlin");
  let journey: JourneyPlatform;
  let enrollUrl: string;
  before(async () => {
    await store.open();
    journey = await startJourneyPlatform({ environment: { MUSTER_APPLE_APPS_URL: store.url } });
    const { token } = await journey.api.post<{ token: string }>("/api/v1/enrollment-tokens", {
      name: "Macs and iPhones",
      maxUses: 20,
    });
    enrollUrl = `${journey.platform.urls.device}/apple/enroll/${token}`;
  });
  after(async () => {
    await journey?.stop();
    await store.close();
  });

  const managed = async (t: TestContext, kind: AppleKind, seed: string): Promise<Managed> => {
    const device = testDevice(t, kind, { ca: journey.ca, seed });
    device.state.supervised = true;
    await device.enrollFrom(enrollUrl);
    await device.poll();
    const deviceId = await journey.api.until<{ enrollments: { deviceId: string; hardwareSerial: string }[] }, string>(
      "/api/v1/enrollments?pageSize=100",
      ({ enrollments }) => enrollments.find((each) => each.hardwareSerial === device.hardware.serial)?.deviceId,
      WAIT,
    );
    return { device, deviceId };
  };
  const post = (devices: readonly Managed[], requestType: string, parameters: object = {}) =>
    journey.api.post<Enqueued>("/api/v1/commands", {
      deviceIds: devices.map(({ deviceId }) => deviceId),
      type: "COMMAND_TYPE_APPLE",
      apple: { requestType, parameters },
    });
  const ask = async (devices: readonly Managed[], requestType: string, parameters: object = {}): Promise<string[]> => {
    const { commands, refusals } = await post(devices, requestType, parameters);
    assert.deepEqual(refusals, []);
    return commands.map(({ id }) => id);
  };
  const ended = (id: string) =>
    journey.api.until<Command, Command>(
      `/api/v1/commands/${id}`,
      (command) => (["QUEUED", "DELIVERED"].some((state) => command.state.endsWith(state)) ? undefined : command),
      WAIT,
    );
  const polled = (what: string, devices: readonly Managed[], done: () => boolean) =>
    eventually(
      what,
      async () => {
        for (const { device } of devices) await device.poll();
        return done() ? true : undefined;
      },
      WAIT,
    );
  const factOf = <T>({ deviceId }: Managed, name: string) =>
    journey.api.until<{ facts: { name: string; value: T[] }[] }, T[]>(
      `/api/v1/devices/${deviceId}/facts`,
      ({ facts }) => facts.find((fact) => fact.name === name)?.value,
      WAIT,
    );

  it("come with a license of the organization's, as long as there are some, and give it back with the app", async (t) => {
    location.buy(APP, 2);
    await journey.api.post("/api/v1/app-tokens", { content: store.download(location) });
    await journey.api.until<{ assets?: { adamId: string; availableCount: number }[] }, true>(
      "/api/v1/app-assets",
      ({ assets = [] }) => (assets.some(({ adamId }) => adamId === APP) ? true : undefined),
      WAIT,
    );
    const phone = await managed(t, "iPhone", "apps-phone");
    const mac = await managed(t, "Mac", "apps-mac");
    const parameters = {
      iTunesStoreID: Number(APP),
      ManagementFlags: 1,
      Configuration: { server: "mail.example.com" },
    };
    await ask([phone, mac], "InstallApplication", parameters);
    await polled("both to have the app", [phone, mac], () =>
      [phone, mac].every(({ device }) => device.state.managedApps.has(BUNDLE)),
    );
    assert.deepEqual(location.holdersOf(APP).sort(), [phone, mac].map(({ device }) => device.hardware.serial).sort());
    await journey.api.until<{ installs?: { state: string }[] }, true>(
      `/api/v1/devices/${phone.deviceId}/app-installs`,
      ({ installs = [] }) => (installs[0]?.state === "APP_INSTALL_STATE_MANAGED" ? true : undefined),
      WAIT,
    );

    const late = await managed(t, "iPhone", "apps-late");
    const [refused = ""] = await ask([late], "InstallApplication", parameters);
    assert.equal((await ended(refused)).result?.reason, "app_license.none_left");

    await ask([phone], "RemoveApplication", { Identifier: BUNDLE });
    await polled("the license to go back", [phone], () => location.holdersOf(APP).length === 1);
    const counted = (count: number) =>
      journey.api.until<{ assets: { availableCount?: number }[] }, true>(
        "/api/v1/app-assets",
        ({ assets }) => (assets[0]?.availableCount === count ? true : undefined),
        WAIT,
      );
    await counted(1);
    await ask([late], "InstallApplication", parameters);
    await polled("the other to have the app", [late], () => late.device.state.managedApps.has(BUNDLE));
  });

  it("are in the facts with how far they are, beside a Mac's users and its updates", async (t) => {
    const mac = await managed(t, "Mac", "apps-facts");
    await ask([mac], "InstallEnterpriseApplication", {
      Manifest: { items: [{ assets: [], metadata: { "bundle-identifier": "com.example.tool" } }] },
      InstallAsManaged: true,
    });
    await ask([mac], "InstalledApplicationList");
    await ask([mac], "ManagedApplicationList");
    await mac.device.poll();
    // That it is supervised it said itself; until all services heard that, it may not be asked for its users.
    await eventually(
      "the Mac to tell its users",
      async () => {
        const { commands } = await post([mac], "UserList");
        await mac.device.poll();
        const [command] = commands;
        return command !== undefined && (await ended(command.id)).state.endsWith("ACKNOWLEDGED") ? true : undefined;
      },
      WAIT,
    );
    const software = await journey.api.until<{ software: { vendor: string; managedState: string }[] }, string>(
      `/api/v1/devices/${mac.deviceId}/software`,
      (answer) => answer.software.find(({ vendor }) => vendor === "com.example.tool")?.managedState || undefined,
      WAIT,
    );
    assert.equal(software, "Managed");
    const users = await factOf<{ username: string }>(mac, "apple_users");
    assert.deepEqual(
      users.map(({ username }) => username),
      mac.device.state.users.map(({ name }) => name),
    );
    const updates = await factOf<{ version: string }>(mac, "apple_available_updates");
    assert.ok(updates.every(({ version }) => version !== mac.device.hardware.os.version));
  });
});
