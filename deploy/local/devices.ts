import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dataFolder } from "@muster/backing/data-folder";
import { osqueryFlags } from "./osquery-flags.ts";
import type { PlatformApi } from "./platform-api.ts";
import { type SupervisedProcess, supervise } from "./supervise.ts";

export interface DeviceInputs {
  readonly root: string;
  readonly dataDir: string;
  readonly deviceUrl: string;
  /** PEM file of the authority behind the device origin. */
  readonly serverCa: string;
  readonly inherited: NodeJS.ProcessEnv;
  readonly api: PlatformApi;
  readonly say: (line: string) => void;
}

/** Puts this very machine under management with the real agent. */
export async function startAgent(inputs: DeviceInputs): Promise<SupervisedProcess> {
  const { root, dataDir, deviceUrl, serverCa, inherited, api, say } = inputs;
  const state = join(dataDir, "agent");
  await dataFolder(state);
  // One for each start: whether the agent has enrolled already, or must again, only it can tell.
  const token = await api.createEnrollmentToken("this machine", 1);
  return supervise(
    {
      name: "agent",
      root,
      script: "services/agent/src/main.ts",
      args: ["run", "--server", deviceUrl, "--ca", serverCa, "--state", state],
      env: { ...inherited, MUSTER_AGENT_TOKEN: token },
      logFile: join(dataDir, "logs", "agent.log"),
      pidFile: join(dataDir, "run", "agent.pid"),
      isReady: () => Promise.resolve(true),
    },
    say,
  );
}

/** Starts the simulated osquery hosts. */
export async function startFleet(inputs: DeviceInputs, secretFile: string, hosts: number): Promise<SupervisedProcess> {
  const { root, dataDir, deviceUrl, serverCa, inherited, say } = inputs;
  const secret = (await readFile(secretFile, "utf8")).trim();
  const state = join(dataDir, "fleet");
  await dataFolder(state);
  return supervise(
    {
      name: "fleet",
      root,
      script: "e2e/simulators/osquery/fleet-main.ts",
      args: ["--server", deviceUrl, "--ca", serverCa, "--state", state, "--hosts", String(hosts)],
      env: { ...inherited, MUSTER_ENROLL_SECRET: secret },
      logFile: join(dataDir, "logs", "fleet.log"),
      pidFile: join(dataDir, "run", "fleet.pid"),
      isReady: () => Promise.resolve(true),
    },
    say,
  );
}

/** How often a simulated Apple device comes by itself, in seconds; otherwise pushes wake it. */
const APPLE_POLL_SECONDS = 300;

/** Starts the simulated Macs, iPhones, iPads and Apple TVs. */
export async function startAppleFleet(inputs: DeviceInputs, devices: number, port: number): Promise<SupervisedProcess> {
  const { root, dataDir, deviceUrl, serverCa, inherited, api, say } = inputs;
  const state = join(dataDir, "apple-fleet");
  await dataFolder(state);
  // One for each start, as for the agent: who has enrolled already does not look at it.
  const profile = `${deviceUrl}/apple/enroll/${await api.createEnrollmentToken("simulated Apple devices", devices)}`;
  return supervise(
    {
      name: "apple-fleet",
      root,
      script: "e2e/simulators/apple/apple-fleet-main.ts",
      args: [
        ["--profile", profile, "--ca", serverCa, "--state", state],
        ["--devices", String(devices), "--poll-every", String(APPLE_POLL_SECONDS), "--control-port", String(port)],
      ].flat(),
      env: inherited,
      logFile: join(dataDir, "logs", "apple-fleet.log"),
      pidFile: join(dataDir, "run", "apple-fleet.pid"),
      isReady: () => Promise.resolve(true),
    },
    say,
  );
}

/** The shared secret of osquery hosts, in a file that osqueryd itself can be pointed at; made once. */
export async function enrollSecretFile(dataDir: string, api: PlatformApi): Promise<string> {
  const file = join(dataDir, "osquery-secret");
  if (!existsSync(file)) await writeFile(file, await api.createEnrollSecret("local hosts"), { mode: 0o600 });
  return file;
}

/** A flag file with which a stock osqueryd enrolls: `osqueryd --flagfile <file>`. */
export async function osqueryFlagFile(inputs: DeviceInputs, secretFile: string): Promise<string> {
  const file = join(inputs.dataDir, "osquery.flags");
  const { deviceUrl, serverCa } = inputs;
  await writeFile(file, osqueryFlags({ deviceUrl, serverCa, secretFile }), { mode: 0o600 });
  return file;
}
