import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Platform, startPlatform } from "@muster/deploy/local/platform";
import type { ServiceName } from "@muster/deploy/local/topology";
import { noErrorLogged } from "../faults/checks/no-error-logged.ts";
import { allHold, formatFindings } from "../faults/findings.ts";
import { appleLoad } from "./apple-load.ts";
import { consoleList } from "./console/console-list.ts";
import { documents } from "./documents.ts";
import { idleAgents } from "./idle-agents.ts";
import { keptBytes } from "./kept-bytes.ts";
import { formatReport, type LoadReport } from "./load-report.ts";
import type { LoadTarget } from "./load-target.ts";
import { policyLatency } from "./policy-latency.ts";
import { relayLoad } from "./relay-load.ts";
import { followRate } from "./relay-rate.ts";
import { LOAD_OPTIONS, runLoad } from "./run-load.ts";
import { whileShared } from "./shared-work.ts";
import { telemetryCost } from "./telemetry-cost.ts";
import { untilQuiet } from "./until-quiet.ts";

const USAGE = `npm run load -- [relay|apple|console-list|documents|telemetry] [options]
  relay                       only the relay, alone with a Postgres and a NATS of its own
  apple                       only Apple's command channel, with the whole platform; command has two processes, since each uses one core
  console-list                only the console's list of devices, in a real browser, with the whole platform
  documents                   only a thousand GitOps documents by the muster command, with the whole platform
  telemetry                   what sending traces, metrics and logs costs: three platforms in turns
  --devices 1000              how many Apple devices enroll, at most 1000
  --hosts 1000,10000,100000   how many hosts are known, in stages; console-list: devices in the list (100,100000)
  --rounds 3                  rounds of each scenario; the median counts
  --seconds 5                 length of a round
  --connections 64            connections at once; apple: 256
  --agents 10000              idle agents held at the end; 0 leaves them out
  --replicas 1                processes of each service; with more, hosts speak to all, and it is checked that nothing was done twice
  --json                      one JSON object instead of a table
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    hosts: { type: "string" },
    rounds: { type: "string", default: String(LOAD_OPTIONS.rounds) },
    seconds: { type: "string", default: String(LOAD_OPTIONS.roundMs / 1000) },
    connections: { type: "string" },
    devices: { type: "string", default: "1000" },
    agents: { type: "string", default: "10000" },
    replicas: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(USAGE);
  process.exit();
}

const RELAYED_EVENTS = 100_000;
const IDLE_MS = 20_000;
const CONSOLE_DEVICES = [100, 100_000];
const CONSOLE_REPETITIONS = 20;
const replicas = Number(values.replicas);
const stages = values.hosts?.split(",").map(Number);

const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
const print = (report: LoadReport): void => {
  process.stdout.write(`${values.json ? JSON.stringify(report) : formatReport(report)}\n`);
  if (report.failure !== undefined) process.exitCode = 1;
};
const [scenario = "hosts"] = positionals;
/** As when very many are woken at once: a device has a connection of its own. */
const APPLE_CONNECTIONS = 256;
const connections = Number(values.connections ?? (scenario === "apple" ? APPLE_CONNECTIONS : LOAD_OPTIONS.connections));
const ofPlatform: Readonly<Record<string, (platform: Platform) => Promise<LoadReport>>> = {
  hosts: measureHosts,
  apple: measureApple,
  "console-list": measureConsole,
  documents: measureDocuments,
};
if (scenario === "relay") {
  print(await relayLoad({ rounds: Number(values.rounds), events: RELAYED_EVENTS, progress: say }));
  process.exit();
}
const dataDir = join(tmpdir(), `muster-load-${process.pid}`);
// The disk is waited for as in production; only what protects enrollment from a flood is lifted, because this is one.
const flooded = { MUSTER_ENROLL_MAX_PER_SECOND: "100000", MUSTER_ENROLL_COOLDOWN_SECONDS: "0" };
const start = (folder: string, environment: Readonly<Record<string, string>> = {}): Promise<Platform> =>
  startPlatform({
    dataDir: folder,
    ports: "free",
    durable: true,
    replicas: scenario === "apple" && replicas === 1 ? { command: 2 } : replicas,
    log: say,
    environment: { ...flooded, ...environment },
  });
if (scenario === "telemetry") {
  const measured = { dataDir, start, targetOf, rounds: Number(values.rounds), roundMs: Number(values.seconds) * 1000 };
  print(await telemetryCost({ ...measured, connections, progress: say }));
  process.exit();
}
const measure = ofPlatform[scenario];
if (measure === undefined) {
  process.stderr.write(USAGE);
  process.exit(2);
}
const platform = await start(dataDir);
try {
  const { result, findings } =
    replicas === 1
      ? { result: await measure(platform), findings: [] }
      : await whileShared(platform, () => measure(platform));
  print(result);
  const found = [...findings, await noErrorLogged(platform.replicas)];
  process.stderr.write(formatFindings(found));
  if (!allHold(found)) process.exitCode = 1;
} finally {
  await platform.stop();
  await rm(dataDir, { recursive: true, force: true });
}

async function measureApple({ administrator, files, pids, replicas: all, urls }: Platform): Promise<LoadReport> {
  const target = {
    deviceUrl: urls.device,
    ca: await readFile(files.serverCaCert, "utf8"),
    commandUrls: [urls.doors.command, ...doorsOf(all, "command").slice(1)] as const,
    gatewayUrl: urls.gateway,
    token: administrator.token,
    databaseUrl: urls.database,
    databaseLog: join(dataDir, "postgres", "postgres.log"),
    pids,
  };
  return appleLoad(target, {
    devices: Number(values.devices),
    rounds: Number(values.rounds),
    roundMs: Number(values.seconds) * 1000,
    connections,
    progress: say,
  });
}

function measureConsole({ administrator, urls }: Platform): Promise<LoadReport> {
  const target = { gatewayUrl: urls.gateway, databaseUrl: urls.database, administrator };
  return consoleList(target, { devices: stages ?? CONSOLE_DEVICES, repetitions: CONSOLE_REPETITIONS, progress: say });
}

function measureDocuments({ administrator, urls }: Platform): Promise<LoadReport> {
  const target = { gatewayUrl: urls.gateway, databaseUrl: urls.database, token: administrator.token };
  return documents(target, { folder: `${dataDir}-documents`, rounds: Number(values.rounds), progress: say });
}

function doorsOf(all: Platform["replicas"], name: ServiceName): string[] {
  return all.flatMap(({ service, doorUrl }) => (service === name ? [doorUrl] : []));
}

/** The services' own doors: the ingress of one machine is not what is measured. */
async function targetOf({ administrator, files, pids, replicas: all, secrets, urls }: Platform): Promise<LoadTarget> {
  return {
    enrollmentUrl: urls.doors.enrollment,
    inventoryUrl: urls.doors.inventory,
    ...(replicas > 1 && { replicas: { enrollment: doorsOf(all, "enrollment"), inventory: doorsOf(all, "inventory") } }),
    gatewayUrl: urls.gateway,
    token: administrator.token,
    secret: (await readFile(files.enrollSecret, "utf8")).trim(),
    pids,
    headers: { "muster-ingress-key": secrets.ingressKey },
  };
}

async function measureHosts(platform: Platform): Promise<LoadReport> {
  const { administrator, files, pids, urls } = platform;
  const target = await targetOf(platform);
  const report = await runLoad(target, {
    knownHosts: stages ?? LOAD_OPTIONS.knownHosts,
    rounds: Number(values.rounds),
    roundMs: Number(values.seconds) * 1000,
    connections,
    progress: say,
  });
  const results = [...report.results];
  const add = (name: string, value: number, unit: string) =>
    results.push({ name, value: Math.round(value * 100) / 100, unit });

  say("from a device's answer to the webhook, when the events of the load are worked off");
  await untilQuiet(pids);
  const throughIngress = { ...target, inventoryUrl: urls.device, ca: await readFile(files.serverCaCert, "utf8") };
  const latency = await policyLatency(throughIngress);
  add("webhook.latency_ms_p50", latency.p50Ms, "ms");
  add("webhook.latency_ms_p99", latency.p99Ms, "ms");

  const { eachDevice, eachEvent } = await keptBytes(urls.database);
  add("inventory.kept_kb_each_host", eachDevice / 1_000, "kB");
  add("notification.kept_kb_each_event", eachEvent / 1_000, "kB");

  say("a full outbox");
  add(
    "relay.events_per_s_with_listeners",
    await followRate({
      databaseUrl: urls.database,
      natsUrl: urls.nats,
      natsCredentials: files.natsObserver,
      events: RELAYED_EVENTS,
    }),
    "1/s",
  );

  if (Number(values.agents) > 0) {
    say(`${values.agents} idle agents`);
    const agents = Number(values.agents);
    const { token } = await fetch(new URL("/api/v1/enrollment-tokens", urls.gateway), {
      method: "POST",
      headers: { authorization: `Bearer ${administrator.token}`, "content-type": "application/json" },
      body: JSON.stringify({ name: "load", maxUses: agents }),
    }).then((response) => response.json() as Promise<{ token: string }>);
    const held = await idleAgents({
      deviceUrl: urls.device,
      ca: throughIngress.ca,
      token,
      agents,
      pids: { command: pids["command"] ?? 0, ingress: pids["ingress"] ?? 0 },
      idleMs: IDLE_MS,
    });
    add("agent.idle_streams", held.standing, "streams");
    add("agent.enroll_per_s", held.enrolledPerSecond, "1/s");
    for (const [name, { rssMb, coreShare }] of held.cost) {
      add(`agent.idle_${name}_rss_mb`, rssMb, "MB");
      add(`agent.idle_${name}_cores`, coreShare, "cores");
    }
  }
  return { ...report, results };
}
