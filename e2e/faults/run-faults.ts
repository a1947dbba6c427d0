import { randomBytes } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Platform, startPlatform } from "@muster/deploy/local/platform";
import { jetstreamManager } from "@nats-io/jetstream";
import { Client } from "pg";
import { type RestClient, restClient } from "../journeys/testing/rest-client.ts";
import { openEventSource } from "../simulators/event-source.ts";
import { type Fleet, startFleet } from "../simulators/osquery/fleet.ts";
import { SeededRandom } from "../simulators/seeded-random.ts";
import { SplunkHecSimulator } from "../simulators/sinks/splunk-hec.ts";
import { startWebhookReceiver } from "../simulators/webhook-receiver.ts";
import { connectAsSuperuser } from "./bus-superuser.ts";
import { everyEventKeptOnce, everyVersionToldOnce } from "./checks/activities-once.ts";
import { auditWhole } from "./checks/audit-whole.ts";
import type { Finding } from "./checks/check.ts";
import { everyCommandOnce } from "./checks/commands-once.ts";
import { everyEventHeard, type Listener, listenersOf, type Missing, missingEvents } from "./checks/events-heard.ts";
import { noTakenFactLost } from "./checks/facts-kept.ts";
import { nothingSetAside } from "./checks/nothing-set-aside.ts";
import { everyEventInSink, everyEventStreamedOnce, everyWebhookTaken } from "./checks/told-outside.ts";
import type { Patient } from "./injury.ts";
import { type Inflicted, runNemesis } from "./nemesis.ts";
import { startChangingHosts } from "./work/changing-hosts.ts";
import { startCommandedAgents } from "./work/commanded-agents.ts";

export interface FaultOptions {
  readonly seed: string;
  readonly runMs: number;
  readonly hosts: number;
  readonly agents: number;
  readonly changesPerSecond: number;
  /** Only injuries of these names; empty means all. */
  readonly only: readonly string[];
  readonly rollBackMs: number;
  /** Whether the data folder, with the logs, stays. */
  readonly keep: boolean;
  readonly say: (line: string) => void;
}

export interface FaultReport {
  readonly seed: string;
  readonly timeline: readonly Inflicted[];
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<string, number>>;
  /** From the last injury until everything committed was heard. */
  readonly healedAfterMs: number;
}

const WATCHED_TYPES = ["muster.inventory.v1.DeviceFactsChanged", "muster.policy.v1.ComplianceChanged"];
const SINK_TOKEN = "splunk-token-of-a-fault-run";
const HEAL_WITHIN_MS = 240_000;
const PUBLISHERS = ["enrollment", "command", "inventory", "policy", "notification", "gateway"];

/** Starts a platform, works on it, injures it, lets it heal, and checks what must hold whatever happened. */
export async function runFaults(options: FaultOptions): Promise<FaultReport> {
  const { seed, hosts, say } = options;
  const random = new SeededRandom(seed);
  await using closing = new AsyncDisposableStack();
  const dataDir = join(tmpdir(), `muster-faults-${randomBytes(5).toString("hex")}`);
  say(`data folder ${dataDir}`);
  if (!options.keep) closing.defer(() => rm(dataDir, { recursive: true, force: true }));
  const platform = await startPlatform({
    dataDir,
    ports: "free",
    // A crash of Postgres must lose nothing that was committed.
    durable: true,
    log: say,
    environment: { MUSTER_API_REQUESTS_PER_SECOND: "1000", MUSTER_ENROLL_COOLDOWN_SECONDS: "0" },
  });
  closing.defer(() => platform.stop());
  const api = restClient(platform.urls.gateway, platform.administrator.token);
  const ca = await readFile(platform.files.serverCaCert, "utf8");
  const enrollSecret = (await readFile(platform.files.enrollSecret, "utf8")).trim();

  const receiver = await startWebhookReceiver();
  closing.defer(() => receiver.close());
  const splunk = new SplunkHecSimulator({ token: SINK_TOKEN, acknowledges: true });
  await splunk.open();
  closing.defer(() => splunk.close());
  const patient: Patient = {
    platform,
    dataDir,
    receiver,
    splunk,
    withDatabase: (work) => withDatabase(platform, work),
    withBus: async (work) => {
      const bus = await connectAsSuperuser(dataDir, platform.urls.nats);
      try {
        return await work(bus, await jetstreamManager(bus));
      } finally {
        await bus.close();
      }
    },
    rollBackMs: options.rollBackMs,
  };
  const listeners = await patient.withBus((_bus, manager) => listenersOf(manager));
  const { secret } = await api.post<{ secret: string }>("/api/v1/webhooks", {
    name: "ledger",
    url: receiver.url,
    eventTypes: WATCHED_TYPES,
    enabled: true,
  });
  receiver.trust(secret);
  await api.post("/api/v1/sinks", {
    name: "ledger",
    format: "EVENT_FORMAT_CLOUDEVENTS",
    enabled: true,
    filter: { types: WATCHED_TYPES },
    splunkHec: { url: splunk.url, token: SINK_TOKEN, acknowledge: true },
  });
  const source = openEventSource({
    url: `${platform.urls.gateway}/api/v1/events?afterPosition=0`,
    headers: { authorization: `Bearer ${platform.administrator.token}` },
    retryMs: 500,
  });
  closing.defer(() => source.close());
  await api.post("/api/v1/policies", {
    name: "The build is even",
    query:
      "select 1 from os_version where build like '%0' or build like '%2' or build like '%4' or build like '%6' or build like '%8'",
    severity: "SEVERITY_LOW",
    intervalSeconds: 60,
    enabled: true,
  });

  say(`${hosts} hosts and ${options.agents} agents enroll`);
  const fleet = await startFleet({
    server: platform.urls.device,
    ca,
    enrollSecret,
    hosts,
    seed,
    softwareCount: 10,
    timing: { distributedMs: 2_000, startWithinMs: 5_000, backOff: { firstMs: 500, mostMs: 4_000 } },
  });
  closing.defer(() => fleet.stop());
  await api.put("/api/v1/osquery-config", { options: { distributed_interval: Math.max(1, Math.round(hosts / 200)) } });
  const deviceIds = await knownDevices(patient, fleet);
  const commanded = await startCommandedAgents({
    api,
    server: platform.urls.device,
    ca,
    count: options.agents,
    random: random.fork("agents"),
    everyMs: 500,
  });
  closing.defer(() => commanded.stop());
  const changing = startChangingHosts({
    fleet,
    api,
    deviceIds,
    random: random.fork("changes"),
    perSecond: options.changesPerSecond,
  });

  say(`injuries for ${options.runMs / 1_000} s, seed ${seed}`);
  const timeline = await runNemesis({ ...options, patient, random: random.fork("nemesis") });
  const injuredUntil = performance.now();
  await Promise.all([changing.stop(), commanded.stopCommanding()]);

  say("healing");
  const missing = await healed(patient, listeners, say);
  const healedAfterMs = Math.round(performance.now() - injuredUntil);
  const setAside = await nothingSetAside(api);
  const findings = [
    ...(await check({ api, patient, fleet, deviceIds, missing, commanded, receiver, source })),
    setAside,
  ];
  const counts = {
    ...(await eventCounts(patient)),
    "events repaired": setAside.repaired,
    "facts changed": changing.changes,
    "commands taken": commanded.taken.length,
    "webhook deliveries": receiver.arrivals.all().length,
    "events at the sink": splunk.received.length,
    "streamed events": source.events.all().length,
  };
  return { seed, timeline, findings, counts, healedAfterMs };
}

interface Ended {
  readonly api: RestClient;
  readonly patient: Patient;
  readonly fleet: Fleet;
  readonly deviceIds: ReadonlyMap<string, string>;
  readonly missing: readonly Missing[];
  readonly commanded: Parameters<typeof everyCommandOnce>[1];
  readonly receiver: Parameters<typeof everyWebhookTaken>[1];
  readonly source: Parameters<typeof everyEventStreamedOnce>[1];
}

async function check({
  api,
  patient,
  fleet,
  deviceIds,
  missing,
  commanded,
  receiver,
  source,
}: Ended): Promise<Finding[]> {
  const commands = await everyCommandOnce(api, commanded);
  const facts = await noTakenFactLost(api, fleet.hosts, deviceIds);
  return patient.withDatabase(async (client) => [
    facts,
    commands,
    everyEventHeard(missing),
    await everyEventKeptOnce(client, PUBLISHERS),
    await everyVersionToldOnce(client),
    await everyWebhookTaken(client, receiver, WATCHED_TYPES),
    await everyEventInSink(client, patient.splunk, WATCHED_TYPES),
    await everyEventStreamedOnce(client, source, WATCHED_TYPES),
    await auditWhole(api, client),
  ]);
}

/** Waits until everything that was committed is heard, or the time is over; what is missing then is a finding. */
async function healed(
  patient: Patient,
  listeners: readonly Listener[],
  say: (line: string) => void,
): Promise<Missing[]> {
  const deadline = performance.now() + HEAL_WITHIN_MS;
  let saidAt = performance.now();
  for (;;) {
    const missing = await patient.withDatabase((client) => missingEvents(client, listeners));
    const left = missing.filter((each) => each.missing > 0);
    if (left.length === 0 || performance.now() > deadline) return missing;
    if (performance.now() - saidAt > 10_000) {
      saidAt = performance.now();
      say(`not heard yet: ${left.map((each) => `${each.missing} by ${each.consumer}`).join(", ")}`);
    }
    await pause(500);
  }
}

async function eventCounts(patient: Patient): Promise<Record<string, number>> {
  return patient.withDatabase(async (client) => {
    const each = PUBLISHERS.map((publisher) => `(select count(*) from ${publisher}.outbox)`).join(" + ");
    const { rows } = await client.query<{ committed: number }>(`select (${each})::int as committed`);
    return { "events committed": rows[0]?.committed ?? 0 };
  });
}

async function knownDevices({ withDatabase: ask }: Patient, fleet: Fleet): Promise<ReadonlyMap<string, string>> {
  const serials = fleet.hosts.map((host) => host.facts.identity.serial);
  return ask(async (client) => {
    for (;;) {
      const { rows } = await client.query<{ id: string; serial: string }>(
        "select id, hardware_serial as serial from inventory.devices where hardware_serial = any($1)",
        [serials],
      );
      if (rows.length === serials.length) return new Map(rows.map(({ id, serial }) => [serial, id]));
      await pause(200);
    }
  });
}

async function withDatabase<T>(platform: Platform, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: platform.urls.database });
  // A session that is cut in the middle makes its query fail, and that is told there.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
