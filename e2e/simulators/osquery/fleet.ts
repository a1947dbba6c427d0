import { Agent, type Dispatcher } from "undici";
import { Pause } from "../pause.ts";
import { SeededRandom } from "../seeded-random.ts";
import { drift } from "./drift.ts";
import { FleetState } from "./fleet-state.ts";
import { type FactChange, HostFacts } from "./host-facts.ts";
import { drawIdentity } from "./host-identity.ts";
import { HostSql } from "./host-sql.ts";
import { Ledger } from "./ledger.ts";
import { osqueryDoor } from "./osquery-door.ts";
import { HOST_TIMING, type HostTiming, OsqueryHost } from "./osquery-host.ts";
import type { Platform } from "./platform.ts";

export interface FleetOptions {
  readonly server: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly ca?: string;
  readonly enrollSecret: string;
  readonly hosts: number;
  readonly seed: string;
  readonly namePrefix?: string;
  readonly stateDirectory?: string;
  readonly timing?: Partial<HostTiming>;
  /** How often one host of the fleet changes one fact; 0 keeps facts still. */
  readonly changeEveryMs?: number;
  readonly softwareCount?: number;
  readonly platforms?: readonly Platform[];
  readonly now?: () => Date;
}

export interface Fleet {
  readonly hosts: readonly OsqueryHost[];
  host(name: string): OsqueryHost | undefined;
  /** Changes a fact of one host, remembers it, and @returns how many rows it touched. */
  set(name: string, change: FactChange): number;
  /** Makes one believable change to a host. */
  step(name: string): void;
  stop(): Promise<void>;
}

/** Half Windows, a third macOS, the rest Linux: roughly an office, and the same for every seed. */
const PLATFORMS: readonly Platform[] = ["windows", "darwin", "linux", "windows", "darwin", "windows"];

const hostName = (prefix: string, platform: Platform, place: number): string =>
  `${prefix}${{ darwin: "mac", windows: "win", linux: "lnx" }[platform]}-${String(place + 1).padStart(4, "0")}`;

const connect = (ca: string | undefined): Dispatcher =>
  new Agent({ connections: 64, keepAliveTimeout: 60_000, connect: ca === undefined ? {} : { ca } });

/** Starts simulated osquery hosts against a server, all in this process. */
export const startFleet = async (options: FleetOptions): Promise<Fleet> => {
  const now = options.now ?? (() => new Date());
  const state = await FleetState.open(options.stateDirectory, options.seed, now());
  const fleetRandom = new SeededRandom(options.seed);
  const dispatcher = connect(options.ca);
  const door = osqueryDoor({ server: options.server, dispatcher });
  const sql = new HostSql();
  const platforms = options.platforms ?? PLATFORMS;
  const steps = new Map<string, number>();

  const stepFacts = (facts: HostFacts): ReturnType<typeof drift> => {
    const { name } = facts.identity;
    const step = (steps.get(name) ?? 0) + 1;
    steps.set(name, step);
    return drift(facts, fleetRandom.fork(name).fork(`step ${step}`), now());
  };

  const makeHost = (place: number): OsqueryHost => {
    const platform = platforms[place % platforms.length] ?? "linux";
    const name = hostName(options.namePrefix ?? "", platform, place);
    const random = fleetRandom.fork(name);
    const count = options.softwareCount === undefined ? {} : { softwareCount: options.softwareCount };
    const identity = drawIdentity({ name, platform, epoch: state.epoch, ...count }, random.fork("identity"));
    const startedAt = Math.floor(now().getTime() / 1000);
    const facts = new HostFacts(identity, random.fork("facts"), { startedAt, configHash: "" });
    const saved = state.host(name);
    for (const event of saved.events) {
      if ("set" in event) facts.apply(event.set, now());
      else for (let step = 0; step < event.steps; step += 1) stepFacts(facts);
    }
    return new OsqueryHost({
      facts,
      sql,
      door,
      ledger: new Ledger(now),
      random: random.fork("behaviour"),
      enrollSecret: options.enrollSecret,
      nodeKey: saved.nodeKey,
      keepNodeKey: (nodeKey) => state.keepNodeKey(name, nodeKey),
      timing: { ...HOST_TIMING, ...options.timing },
      gzipLogs: random.fork("gzip").chance(0.5),
      now,
    });
  };

  const hosts = Array.from({ length: options.hosts }, (_, place) => makeHost(place));
  const byName = new Map(hosts.map((host) => [host.facts.identity.name, host]));
  const known = (name: string): OsqueryHost => {
    const host = byName.get(name);
    if (host === undefined) throw new Error(`no such host: ${name}`);
    return host;
  };

  const step = (name: string): void => {
    const host = known(name);
    host.ledger.add({ kind: "changed", ...stepFacts(host.facts) });
    state.addEvent(name, { steps: 1 });
  };

  const stopping = new AbortController();
  const changing = async (everyMs: number): Promise<void> => {
    const random = new SeededRandom(`${options.seed}/changes/${now().getTime()}`);
    const pause = new Pause(stopping.signal);
    while (!stopping.signal.aborted) {
      await pause.sleep(everyMs * (0.5 + random.next()));
      if (!stopping.signal.aborted) step(random.pick(hosts).facts.identity.name);
    }
  };

  for (const host of hosts) host.start();
  const everyMs = options.changeEveryMs ?? 0;
  const changes = everyMs > 0 && hosts.length > 0 ? changing(everyMs) : Promise.resolve();

  return {
    hosts,
    host: (name) => byName.get(name),
    set(name, change) {
      const host = known(name);
      const touched = host.facts.apply(change, now());
      host.ledger.add({ kind: "changed", table: change.table, what: `${touched} rows set` });
      state.addEvent(name, { set: change });
      return touched;
    },
    step,
    async stop() {
      stopping.abort();
      const ending = Promise.all([changes, ...hosts.map((host) => host.stop())]);
      // Calls under way may finish; those still open after a moment are cut, so that stopping has an end.
      const cut = setTimeout(() => void dispatcher.destroy(), 2000);
      await ending;
      clearTimeout(cut);
      await dispatcher.close().catch(() => undefined);
      await state.flushed();
      sql.close();
    },
  };
};
