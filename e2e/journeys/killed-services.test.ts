import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Fleet, startFleet } from "../simulators/osquery/fleet.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../simulators/webhook-receiver.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";

interface Device {
  readonly id: string;
  readonly hostname: string;
  readonly hardwareSerial: string;
}

interface Fact {
  readonly name: string;
  readonly value: unknown;
  readonly version: number;
}

interface Event {
  readonly id?: string;
  readonly data: { readonly deviceId: string; readonly version: number; readonly facts?: readonly Fact[] };
}

const HOSTS = 12;
const CHANGES = 40;

describe("services killed with -9 under load", () => {
  let journey: JourneyPlatform;
  let fleet: Fleet;
  let receiver: WebhookReceiver;
  let devices: ReadonlyMap<string, Device>;

  before(async () => {
    // Their certificates are asked for at each of the connections that are made anew.
    journey = await startJourneyPlatform({ serviceCertificates: true });
    receiver = await startWebhookReceiver();
    await journey.api.put("/api/v1/osquery-config", { options: { distributed_interval: 1 } });
    const webhook = await journey.api.post<{ secret: string }>("/api/v1/webhooks", {
      name: "ledger",
      url: receiver.url,
      eventTypes: ["muster.inventory.v1.DeviceFactsChanged"],
      enabled: true,
    });
    receiver.trust(webhook.secret);
    fleet = await startFleet({
      server: journey.platform.urls.device,
      ca: journey.ca,
      enrollSecret: journey.enrollSecret,
      hosts: HOSTS,
      seed: "killed",
      timing: { distributedMs: 300, configMs: 2_000 },
    });
    devices = await journey.api.until<{ devices: Device[] }, ReadonlyMap<string, Device>>(
      "/api/v1/devices?pageSize=100",
      ({ devices: all }) => {
        const known = new Map(all.map((device) => [device.hardwareSerial, device]));
        return fleet.hosts.every((host) => known.has(host.facts.identity.serial)) ? known : undefined;
      },
    );
  });

  after(async () => {
    await fleet?.stop();
    await receiver?.close();
    await journey?.stop();
  });

  it("lose nothing that a host was told had been taken, and apply nothing twice", async () => {
    const { services } = journey.platform;
    const victims = [
      services.inventory,
      services.policy,
      services.notification,
      services.enrollment,
      services.inventory,
    ];
    const killing = (async () => {
      for (const victim of victims) {
        await victim.kill("SIGKILL");
        await victim.restart();
      }
    })();
    for (let change = 0; change < CHANGES; change++) {
      const host = fleet.hosts[change % HOSTS];
      const { name = "", serial = "" } = host?.facts.identity ?? {};
      fleet.set(name, { table: "os_version", patch: { build: `build-${change}` } });
      await journey.api.post(`/api/v1/devices/${devices.get(serial)?.id}/refetch`).catch(() => undefined);
    }
    await killing;

    // What each host is like now is what the platform has to say in the end.
    for (const host of fleet.hosts) {
      const { serial } = host.facts.identity;
      const [row] = host.facts.rows("os_version", new Date());
      const device = devices.get(serial);
      await journey.api.post(`/api/v1/devices/${device?.id}/refetch`);
      await journey.api.until<{ facts: Fact[] }, true>(`/api/v1/devices/${device?.id}/facts`, ({ facts }) =>
        facts.some(
          (fact) => fact.name === "os_version" && JSON.stringify(fact.value).includes(`"${String(row?.["build"])}"`),
        )
          ? true
          : undefined,
      );
    }

    // Each version of each device's facts was told to the receiver: none is missing. None was made twice: one event a version.
    for (const device of devices.values()) {
      const { version } = await journey.api.get<{ version: number }>(`/api/v1/devices/${device.id}`);
      const events = await receiver.arrivals.until(
        (all) => {
          const own = all
            .map(({ id, body }) => ({ id, ...(body as Event) }))
            .filter(({ data }) => data.deviceId === device.id);
          return own.some(({ data }) => data.version === version) ? own : undefined;
        },
        `version ${version} of ${device.hostname}`,
        30_000,
      );
      const ids = new Map<number, Set<string>>();
      for (const { id, data } of events) ids.set(data.version, (ids.get(data.version) ?? new Set()).add(id));
      assert.deepEqual(
        [...ids.values()].filter((each) => each.size > 1),
        [],
        `${device.hostname} has a version twice`,
      );
    }
    assert.ok(receiver.arrivals.all().every(({ verified }) => verified));
  });
});
