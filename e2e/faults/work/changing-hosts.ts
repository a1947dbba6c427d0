import { setTimeout as pause } from "node:timers/promises";
import type { RestClient } from "../../journeys/testing/rest-client.ts";
import type { Fleet } from "../../simulators/osquery/fleet.ts";
import type { OsqueryHost } from "../../simulators/osquery/osquery-host.ts";
import type { SeededRandom } from "../../simulators/seeded-random.ts";

export interface ChangingHosts {
  /** How many changes were made so far. */
  readonly changes: number;
  stop(): Promise<void>;
}

export interface ChangingHostsOptions {
  readonly fleet: Fleet;
  readonly api: RestClient;
  /** The device's id by its serial number. */
  readonly deviceIds: ReadonlyMap<string, string>;
  readonly random: SeededRandom;
  readonly perSecond: number;
}

/** How a build is named, so that a later one is known from an earlier. */
const BUILD = /^build-(\d+)$/;

/** Changes one fact of one host again and again, and asks for that host's facts anew. A request that fails is not repeated. */
export function startChangingHosts({ fleet, api, deviceIds, random, perSecond }: ChangingHostsOptions): ChangingHosts {
  let changes = 0;
  const stopping = new AbortController();
  const asking = new Set<Promise<unknown>>();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const { name, serial } = random.pick(fleet.hosts).facts.identity;
      changes += 1;
      fleet.set(name, { table: "os_version", patch: { build: `build-${changes}` } });
      const asked = api
        .post(`/api/v1/devices/${deviceIds.get(serial)}/refetch`)
        .catch(() => undefined)
        .finally(() => asking.delete(asked));
      asking.add(asked);
      await pause((2_000 * random.next()) / perSecond);
    }
    await Promise.all(asking);
  })();
  return {
    get changes() {
      return changes;
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** The number of the newest build that the host reported and was told to have been taken; undefined when there was none. */
export function takenBuild(host: OsqueryHost): number | undefined {
  const builds = host.ledger
    .entries()
    .flatMap((entry) => (entry.kind === "answered" && entry.accepted ? (entry.rows ?? []) : []))
    .flatMap((row) => buildNumber(row["build"]) ?? []);
  return builds.length === 0 ? undefined : Math.max(...builds);
}

export function buildNumber(build: unknown): number | undefined {
  const number = typeof build === "string" ? BUILD.exec(build)?.[1] : undefined;
  return number === undefined ? undefined : Number(number);
}
