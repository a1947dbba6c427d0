import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dataFolder } from "@muster/backing/data-folder";
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
  const token = await api.createEnrollmentToken("this machine");
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

/** The shared secret of osquery hosts, in a file that osqueryd itself can be pointed at; made once. */
export async function enrollSecretFile(dataDir: string, api: PlatformApi): Promise<string> {
  const file = join(dataDir, "osquery-secret");
  if (!existsSync(file)) await writeFile(file, await api.createEnrollSecret("local hosts"), { mode: 0o600 });
  return file;
}

/** A flag file with which a stock osqueryd enrolls: `osqueryd --flagfile <file>`. */
export async function osqueryFlagFile(inputs: DeviceInputs, secretFile: string): Promise<string> {
  const file = join(inputs.dataDir, "osquery.flags");
  const flags = {
    tls_hostname: new URL(inputs.deviceUrl).host,
    tls_server_certs: inputs.serverCa,
    enroll_secret_path: secretFile,
    enroll_tls_endpoint: "/api/osquery/enroll",
    config_plugin: "tls",
    config_tls_endpoint: "/api/osquery/config",
    config_refresh: 60,
    logger_plugin: "tls",
    logger_tls_endpoint: "/api/osquery/log",
    disable_distributed: false,
    distributed_plugin: "tls",
    distributed_interval: 10,
    distributed_tls_read_endpoint: "/api/osquery/distributed/read",
    distributed_tls_write_endpoint: "/api/osquery/distributed/write",
    disable_carver: false,
    carver_disable_function: false,
    carver_start_endpoint: "/api/osquery/carve/begin",
    carver_continue_endpoint: "/api/osquery/carve/block",
    host_identifier: "uuid",
  };
  const lines = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}\n`);
  await writeFile(file, lines.join(""), { mode: 0o600 });
  return file;
}
