import type { Platform } from "@muster/deploy/local/platform";
import { Agent } from "undici";
import type { RestClient } from "../journeys/testing/rest-client.ts";
import { makeDeviceKey } from "../simulators/agent/device-key.ts";
import { type SimulatedAgent, startAgent } from "../simulators/agent/simulated-agent.ts";
import { SimulatedAppleDevice } from "../simulators/apple/apple-device.ts";
import { drawAppleHardware } from "../simulators/apple/hardware/apple-hardware.ts";
import { type SimulatedOrbit, startOrbit } from "../simulators/orbit/simulated-orbit.ts";
import { type Fleet, startFleet } from "../simulators/osquery/fleet.ts";
import { HostFacts } from "../simulators/osquery/host-facts.ts";
import { drawIdentity, type HostIdentity } from "../simulators/osquery/host-identity.ts";
import { HostSql } from "../simulators/osquery/host-sql.ts";
import { SeededRandom } from "../simulators/seeded-random.ts";

/** One device of each kind that there is. */
export interface EveryKind {
  /** By the serial number of each, its kind. */
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly fleet: Fleet;
  readonly orbit: SimulatedOrbit;
  readonly agent: SimulatedAgent;
  readonly apple: readonly SimulatedAppleDevice[];
  /** How often a device enrolled so far, all in all. */
  enrolledTimes(): number;
}

export type Kind = "osquery" | "fleetd" | "agent" | "apple";

const BACK_OFF = { firstMs: 200, mostMs: 2_000 };

/** Enrolls them at a device origin that stays the same, whatever stands behind it. */
export async function enrollEveryKind(
  { urls }: Platform,
  api: RestClient,
  { ca, enrollSecret }: { readonly ca: string; readonly enrollSecret: string },
  closing: AsyncDisposableStack,
): Promise<EveryKind> {
  const server = urls.device;
  const { token } = await api.post<{ token: string }>("/api/v1/enrollment-tokens", { name: "restore", maxUses: 10 });
  const fleet = await startFleet({
    server,
    ca,
    enrollSecret,
    hosts: 3,
    seed: "restore",
    softwareCount: 5,
    timing: { distributedMs: 1_000, startWithinMs: 500, backOff: BACK_OFF },
  });
  closing.defer(() => fleet.stop());

  const dispatcher = new Agent({ connect: { ca } });
  const sql = new HostSql();
  closing.defer(async () => {
    await dispatcher.close();
    sql.close();
  });
  const [orbitIdentity, agentIdentity] = [identityOf("fleetd-host"), identityOf("agent-host")];
  const orbit = await startOrbit({
    server,
    ca,
    dispatcher,
    enrollSecret,
    facts: factsOf(orbitIdentity),
    sql,
    random: new SeededRandom("fleetd"),
    configMs: 1_000,
    backOff: BACK_OFF,
    script: (contents) => ({ output: contents, exitCode: 0 }),
  });
  closing.defer(() => orbit.stop());
  const agent = await startAgent({
    server,
    ca,
    token,
    key: await makeDeviceKey(agentIdentity.name),
    facts: factsOf(agentIdentity),
    script: (content) => ({ output: content, exitCode: 0 }),
    backOff: BACK_OFF,
  });
  closing.defer(() => agent.stop());

  const apple: SimulatedAppleDevice[] = [];
  for (const kind of ["Mac", "iPhone"] as const) {
    const own = new SeededRandom(kind);
    const device = new SimulatedAppleDevice({ hardware: drawAppleHardware(kind, own), random: own, ca });
    closing.defer(() => device.stop());
    await device.enrollFrom(`${server}/apple/enroll/${token}`);
    apple.push(device);
  }
  return {
    kinds: new Map<string, Kind>([
      ...fleet.hosts.map((host) => [host.facts.identity.serial, "osquery"] as const),
      [orbitIdentity.serial, "fleetd"],
      [agentIdentity.serial, "agent"],
      ...apple.map((device) => [device.hardware.serial, "apple"] as const),
    ]),
    fleet,
    orbit,
    agent,
    apple,
    enrolledTimes: () =>
      [...fleet.hosts.map(({ ledger }) => ledger), orbit.ledger]
        .flatMap((ledger) => ledger.entries())
        .filter(({ kind }) => kind === "enrolled").length +
      apple.flatMap(({ ledger }) => ledger.entries()).filter(({ kind }) => kind === "enrolled").length +
      1,
  };
}

const identityOf = (name: string): HostIdentity =>
  drawIdentity({ name, platform: "linux", epoch: new Date(), softwareCount: 5 }, new SeededRandom(name));

const factsOf = (identity: HostIdentity): HostFacts =>
  new HostFacts(identity, new SeededRandom(identity.name), { startedAt: 0, configHash: "" });
