import { randomBytes } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startPlatform } from "@muster/deploy/local/platform";
import { jetstreamManager } from "@nats-io/jetstream";
import { type RestClient, restClient } from "../journeys/testing/rest-client.ts";
import { type EventSource, openEventSource } from "../simulators/event-source.ts";
import { type Fleet, startFleet } from "../simulators/osquery/fleet.ts";
import type { SeededRandom } from "../simulators/seeded-random.ts";
import { SplunkHecSimulator } from "../simulators/sinks/splunk-hec.ts";
import { startWebhookReceiver } from "../simulators/webhook-receiver.ts";
import { connectAsSuperuser } from "./bus-superuser.ts";
import { type Listener, listenersOf } from "./checks/events-heard.ts";
import type { Patient } from "./injury.ts";
import { withDatabase } from "./platform-database.ts";
import { type CommandedAgents, startCommandedAgents } from "./work/commanded-agents.ts";

export interface StageOptions {
  readonly seed: string;
  readonly hosts: number;
  readonly agents: number;
  /** How many processes of each service. */
  readonly replicas: number;
  readonly rollBackMs: number;
  /** Where the services come from, when not from here. */
  readonly root?: string;
  /** Further variables for all services. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether the data folder, with the logs, stays. */
  readonly keep: boolean;
  readonly say: (line: string) => void;
}

/** A platform at work, with everybody who keeps a ledger. */
export interface Stage {
  readonly patient: Patient;
  readonly api: RestClient;
  readonly listeners: readonly Listener[];
  readonly fleet: Fleet;
  /** The device's id by its serial number. */
  readonly deviceIds: ReadonlyMap<string, string>;
  readonly commanded: CommandedAgents;
  readonly source: EventSource;
}

/** What the webhook, the sink and the stream's reader are told of. */
export const WATCHED_TYPES = ["muster.inventory.v1.DeviceFactsChanged", "muster.policy.v1.ComplianceChanged"];
const SINK_TOKEN = "splunk-token-of-a-fault-run";
const EVEN = [0, 2, 4, 6, 8].map((digit) => `build like '%${digit}'`).join(" or ");

/** Starts the platform, the receivers, the hosts and the agents; each is closed with `closing`, the last first. */
export async function setStage(
  options: StageOptions,
  random: SeededRandom,
  closing: AsyncDisposableStack,
): Promise<Stage> {
  const dataDir = join(tmpdir(), `muster-faults-${randomBytes(5).toString("hex")}`);
  const { seed, hosts, say } = options;
  say(`data folder ${dataDir}`);
  if (!options.keep) closing.defer(() => rm(dataDir, { recursive: true, force: true }));
  const platform = await startPlatform({
    dataDir,
    ports: "free",
    replicas: options.replicas,
    // A crash of Postgres must lose nothing that was committed.
    durable: true,
    log: say,
    ...(options.root && { root: options.root }),
    environment: {
      MUSTER_API_REQUESTS_PER_SECOND: "1000",
      MUSTER_ENROLL_COOLDOWN_SECONDS: "0",
      ...options.environment,
    },
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
    api,
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
    askedOfOthers: { requests: 0, unanswered: [] },
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
    query: `select 1 from os_version where ${EVEN}`,
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
  return { patient, api, listeners, fleet, deviceIds, commanded, source };
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
