import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type EventSource, openEventSource } from "../simulators/event-source.ts";
import { type Fleet, startFleet } from "../simulators/osquery/fleet.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";

interface Device {
  readonly id: string;
  readonly hostname: string;
  readonly hardwareSerial: string;
  readonly version: number;
}

interface Fact {
  readonly value: unknown;
}

interface FactsChanged {
  readonly id: string;
  readonly deviceId: string;
  readonly position: string;
  readonly data: { readonly version: number };
}

const TYPE = "muster.inventory.v1.DeviceFactsChanged";
const HOSTS = 8;

/** Sorted, and with what came twice. */
const idsOf = (events: readonly FactsChanged[]): string[] =>
  events.map(({ id }) => id).toSorted((one, other) => one.localeCompare(other));

/** What came over a stream; how it ended is told as an event of another type. */
const toldBy = ({ events }: EventSource): FactsChanged[] =>
  events
    .all()
    .filter(({ type }) => type === TYPE)
    .map(({ data }) => JSON.parse(data) as FactsChanged);

const connectionsOf = ({ statuses }: EventSource): number => statuses.filter((status) => status === 200).length;

describe("the stream of events", () => {
  let journey: JourneyPlatform;
  let fleet: Fleet;
  let stream: EventSource;
  let devices: ReadonlyMap<string, Device>;

  before(async () => {
    journey = await startJourneyPlatform();
    await journey.api.put("/api/v1/osquery-config", { options: { distributed_interval: 1 } });
    stream = openFrom("0");
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
  });

  after(async () => {
    await stream?.close();
    await fleet?.stop();
    await journey?.stop();
  });

  const openFrom = (lastEventId: string): EventSource =>
    openEventSource({
      url: `${journey.platform.urls.gateway}/api/v1/events?types=${TYPE}`,
      headers: { authorization: `Bearer ${journey.platform.administrator.token}` },
      lastEventId,
      retryMs: 50,
    });

  /** Waits until so many events have come. */
  const haveCome = (source: EventSource, wanted: number): Promise<true> =>
    source.events.until(() => (toldBy(source).length >= wanted ? true : undefined), `${wanted} events`, 15_000);

  it("goes on without a gap while the gateway and notification are restarted under it", async (test) => {
    const { services } = journey.platform;
    const state = { restarted: false };
    const restarting = (async () => {
      for (const service of [services.gateway, services.notification, services.gateway]) {
        const connections = connectionsOf(stream);
        await service.restart();
        // What comes next comes over a new connection.
        await stream.events.until(() => (connectionsOf(stream) > connections ? true : undefined), "a new one", 20_000);
      }
    })().finally(() => {
      state.restarted = true;
    });
    let changes = 0;
    for (; !state.restarted || changes < HOSTS * 3; changes++) {
      await change(changes);
      // Fewer and fewer, however long the restarts take: one page holds them all.
      await pause(Math.max(50, 2 * changes));
    }
    await restarting;
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
    const kept = await journey.api.until<{ activities: FactsChanged[] }, FactsChanged[]>(
      `/api/v1/activities?types=${TYPE}&pageSize=500`,
      ({ activities }) =>
        now.every(({ id, version }) =>
          activities.some(({ deviceId, data }) => deviceId === id && data.version === version),
        )
          ? activities
          : undefined,
    );
    assert.ok(kept.length < 500, "the journey made more events than one page holds");
    await haveCome(stream, kept.length);
    const told = toldBy(stream);
    test.diagnostic(`${changes} changes, ${kept.length} events, ${connectionsOf(stream)} connections`);
    // The list goes by the time of the event, the stream by its arrival; each device's versions rise in both.
    assert.deepEqual(idsOf(told), idsOf(kept));
    for (const { id, hostname } of now) {
      const versions = told.filter(({ deviceId }) => deviceId === id).map(({ data }) => data.version);
      assert.deepEqual(
        versions,
        versions.toSorted((one, other) => one - other),
        hostname,
      );
    }
  });

  it("begins anywhere that it is asked to", async () => {
    const all = toldBy(stream);
    const middle = all[Math.floor(all.length / 2)];
    assert.ok(middle);
    const late = openFrom(middle.position);
    const wanted = all.slice(all.indexOf(middle) + 1).map(({ id }) => id);
    await haveCome(late, wanted.length);
    await late.close();
    assert.deepEqual(
      toldBy(late).map(({ id }) => id),
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
