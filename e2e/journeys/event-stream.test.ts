import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type Fleet, startFleet } from "../simulators/osquery/fleet.ts";
import { type EventFollower, type Followed, followEvents } from "./testing/event-follower.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";

interface Device {
  readonly id: string;
  readonly hardwareSerial: string;
  readonly version: number;
  readonly hostname: string;
}

interface Fact {
  readonly name: string;
  readonly value: unknown;
}

const TYPE = "muster.inventory.v1.DeviceFactsChanged";
const HOSTS = 8;

/** Sorted, and with what came twice. */
const idsOf = (events: readonly Followed[]): string[] =>
  events.map(({ id }) => id).toSorted((one, other) => one.localeCompare(other));

describe("the stream of events", () => {
  let journey: JourneyPlatform;
  let fleet: Fleet;
  let follower: EventFollower;
  let devices: ReadonlyMap<string, Device>;

  before(async () => {
    journey = await startJourneyPlatform();
    await journey.api.put("/api/v1/osquery-config", { options: { distributed_interval: 1 } });
    follower = followEvents(eventsUrl(), journey.platform.administrator.token, "0");
    fleet = await startFleet({
      server: journey.platform.urls.device,
      ca: journey.ca,
      enrollSecret: journey.enrollSecret,
      hosts: HOSTS,
      seed: "stream",
      timing: { distributedMs: 300 },
    });
    devices = await journey.api.until<{ devices: Device[] }, ReadonlyMap<string, Device>>(
      "/api/v1/devices?pageSize=100",
      ({ devices: all }) => {
        const known = new Map(all.map((device) => [device.hardwareSerial, device]));
        return fleet.hosts.every((host) => known.has(host.facts.identity.serial)) ? known : undefined;
      },
    );
    await follower.opened;
  });

  after(async () => {
    await follower?.stop();
    await fleet?.stop();
    await journey?.stop();
  });

  const eventsUrl = (): string => `${journey.platform.urls.gateway}/api/v1/events?types=${TYPE}`;

  it("goes on without a gap while the gateway and notification are restarted under it", async (test) => {
    const { services } = journey.platform;
    const restarting = (async () => {
      for (const service of [services.gateway, services.notification, services.gateway]) {
        const { connections } = follower;
        await service.restart();
        const end = performance.now() + 20_000;
        while (follower.connections === connections && performance.now() < end) await pause(20);
      }
    })();
    const state = { restarted: false };
    const restarted = restarting.finally(() => {
      state.restarted = true;
    });
    let changes = 0;
    for (; !state.restarted || changes < HOSTS * 3; changes++) {
      await change(changes);
      await pause(50);
    }
    await restarted;
    for (let last = 0; last < HOSTS; last++) await change(changes + last);
    // What each host is like now is what the platform has to say in the end; then no more events come.
    for (const host of fleet.hosts) {
      const [row] = host.facts.rows("os_version", new Date());
      const device = devices.get(host.facts.identity.serial);
      await journey.api.post(`/api/v1/devices/${device?.id}/refetch`);
      await journey.api.until<{ facts: Fact[] }, true>(`/api/v1/devices/${device?.id}/facts`, ({ facts }) =>
        facts.some((fact) => JSON.stringify(fact.value).includes(`"${String(row?.["build"])}"`)) ? true : undefined,
      );
    }
    await fleet.stop();
    const { devices: now } = await journey.api.get<{ devices: Device[] }>("/api/v1/devices?pageSize=100");
    const kept = await journey.api.until<{ activities: Followed[] }, Followed[]>(
      `/api/v1/activities?types=${TYPE}&pageSize=500`,
      ({ activities }) =>
        now.every(({ id, version }) =>
          activities.some(({ deviceId, data }) => deviceId === id && Number(data["version"]) === version),
        )
          ? activities
          : undefined,
    );
    const end = performance.now() + 15_000;
    while (follower.events.length < kept.length && performance.now() < end) await pause(50);
    test.diagnostic(`${changes} changes, ${kept.length} events, ${follower.connections} connections`);
    assert.equal(follower.connections, 4);
    assert.ok(kept.length < 500, "the journey made more events than one page holds");
    // The list goes by the time of the event, the stream by its arrival; each device's versions rise in both.
    assert.deepEqual(idsOf(follower.events), idsOf(kept));
    for (const { id, hostname } of now) {
      const versions = follower.events
        .filter(({ deviceId }) => deviceId === id)
        .map(({ data }) => Number(data["version"]));
      assert.deepEqual(
        versions,
        versions.toSorted((one, other) => one - other),
        hostname,
      );
    }
  });

  it("begins anywhere that it is asked to", async () => {
    const all = follower.events;
    const middle = all[Math.floor(all.length / 2)];
    assert.ok(middle);
    const late = followEvents(eventsUrl(), journey.platform.administrator.token, middle.position);
    const wanted = all.slice(all.indexOf(middle) + 1).map(({ id }) => id);
    const end = performance.now() + 10_000;
    while (late.events.length < wanted.length && performance.now() < end) await pause(20);
    await late.stop();
    assert.deepEqual(
      late.events.map(({ id }) => id),
      wanted,
    );
  });

  const change = async (round: number): Promise<void> => {
    const host = fleet.hosts[round % HOSTS];
    const { name = "", serial = "" } = host?.facts.identity ?? {};
    fleet.set(name, { table: "os_version", patch: { build: `build-${round}` } });
    await journey.api.post(`/api/v1/devices/${devices.get(serial)?.id}/refetch`).catch(() => undefined);
  };
});
