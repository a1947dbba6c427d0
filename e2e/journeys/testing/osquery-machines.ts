import { Agent } from "undici";
import { HostFacts } from "../../simulators/osquery/host-facts.ts";
import { drawIdentity, type HostIdentity } from "../../simulators/osquery/host-identity.ts";
import { HostSql } from "../../simulators/osquery/host-sql.ts";
import { Ledger } from "../../simulators/osquery/ledger.ts";
import { type OsqueryDoor, osqueryDoor } from "../../simulators/osquery/osquery-door.ts";
import { HOST_TIMING, type HostTiming, OsqueryHost } from "../../simulators/osquery/osquery-host.ts";
import type { Platform } from "../../simulators/osquery/platform.ts";
import { SeededRandom } from "../../simulators/seeded-random.ts";
import type { JourneyPlatform } from "./journey-platform.ts";

export interface MachinePlan {
  readonly identity: HostIdentity;
  readonly enrollSecret: string;
  readonly timing?: Partial<HostTiming>;
}

/** Single machines whose hardware a journey chooses, unlike a fleet's. */
export interface OsqueryMachines {
  readonly door: OsqueryDoor;
  readonly dispatcher: Agent;
  readonly sql: HostSql;
  /** Boots osqueryd on a machine. */
  start(plan: MachinePlan): OsqueryHost;
  stop(): Promise<void>;
}

const now = (): Date => new Date();

/** What a machine with this name is like. */
export const identityOf = (name: string, platform: Platform = "linux"): HostIdentity =>
  drawIdentity({ name, platform, epoch: now(), softwareCount: 20 }, new SeededRandom(name));

export const factsOf = (identity: HostIdentity): HostFacts =>
  new HostFacts(identity, new SeededRandom(identity.name), { startedAt: 0, configHash: "" });

export function osqueryMachines({ platform, ca }: JourneyPlatform): OsqueryMachines {
  const dispatcher = new Agent({ connect: { ca } });
  const door = osqueryDoor({ server: platform.urls.device, dispatcher });
  const sql = new HostSql();
  const hosts: OsqueryHost[] = [];
  return {
    door,
    dispatcher,
    sql,
    start: ({ identity, enrollSecret, timing }) => {
      const host = new OsqueryHost({
        facts: factsOf(identity),
        sql,
        door,
        ledger: new Ledger(now),
        random: new SeededRandom(identity.instanceId),
        enrollSecret,
        nodeKey: undefined,
        keepNodeKey: () => undefined,
        timing: { ...HOST_TIMING, startWithinMs: 50, ...timing },
        gzipLogs: false,
        now,
      });
      hosts.push(host);
      host.start();
      return host;
    },
    stop: async () => {
      await Promise.all(hosts.map((host) => host.stop()));
      await dispatcher.close();
      sql.close();
    },
  };
}
