import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { dataFolder } from "@muster/backing/data-folder";
import { lockFolder } from "@muster/backing/folder-lock";
import { type Administrator, firstAdministrator } from "./administrator.ts";
import { type Backing, startBacking } from "./backing.ts";
import {
  type DeviceInputs,
  enrollSecretFile,
  osqueryFlagFile,
  startAgent,
  startAppleFleet,
  startFleet,
} from "./devices.ts";
import { platformApi } from "./platform-api.ts";
import { choosePorts, type PortChoice, type Ports, type Replicas } from "./ports.ts";
import { progress } from "./progress.ts";
import { obtainPushCertificate, type PushInputs, pushEnvironment, startPushService } from "./push-service.ts";
import { runScript } from "./run-script.ts";
import { type CertificateFiles, openSecrets, type Secrets } from "./secrets.ts";
import { seedPolicies } from "./seed.ts";
import { makeServiceCertificates } from "./service-certificates.ts";
import { type EnvironmentInputs, serviceEnvironment } from "./service-environment.ts";
import {
  declareStreams,
  endLeftovers,
  migrateAll,
  type Replica,
  requireFreePorts,
  startIngressProcess,
  startServices,
} from "./services.ts";
import type { SupervisedProcess } from "./supervise.ts";
import { together } from "./together.ts";
import { SERVICES, type ServiceName } from "./topology.ts";

export interface PlatformOptions {
  dataDir: string;
  ports: PortChoice;
  /** How many processes of each service, or of some; one when left out. */
  replicas?: Replicas;
  /** False leaves out every wait for the disk: for tests. */
  durable: boolean;
  /** Whether the services show each other certificates; they speak plaintext when left out. */
  serviceCertificates?: boolean;
  /** How many simulated osquery hosts; none when left out. */
  fleet?: number;
  /** How many simulated Apple devices; none when left out. */
  appleFleet?: number;
  /** Whether this very machine is enrolled with the real agent. */
  agent?: boolean;
  /** Whether the first policies are created. */
  seed?: boolean;
  /** Used instead of a Postgres or NATS of our own. */
  databaseUrl?: string;
  natsUrl?: string;
  /** Further variables for all services, such as limits that a load test lifts. */
  environment?: Readonly<Record<string, string>>;
  /** Where the services come from: the folder above services/. */
  root?: string;
  log?: (line: string) => void;
  /** Ends a start between two steps; what was started is stopped again. */
  signal?: AbortSignal;
}

export interface Platform {
  readonly urls: {
    /** The public REST API and the page. */
    readonly gateway: string;
    /** The public device origin. */
    readonly device: string;
    readonly database: string;
    readonly nats: string;
    /** The device doors behind the ingress, of each service's first replica. */
    readonly doors: Readonly<Record<ServiceName, string>>;
  };
  readonly secrets: Secrets;
  readonly files: CertificateFiles & {
    readonly enrollSecret: string;
    readonly osqueryFlags: string;
    /** Sees the state of streams and consumers; none for a NATS that is not ours. */
    readonly natsObserver: string | undefined;
  };
  readonly administrator: Administrator;
  /** Of every process that runs now, by name. */
  readonly pids: Readonly<Record<string, number>>;
  readonly replicas: readonly Replica[];
  /** The first replica of each. */
  readonly services: Readonly<Record<ServiceName, SupervisedProcess>>;
  readonly ingress: SupervisedProcess;
  /** Postgres and NATS, where they are ours. */
  readonly backing: Backing["servers"];
  readonly agent: SupervisedProcess | undefined;
  readonly fleet: SupervisedProcess | undefined;
  readonly appleFleet: SupervisedProcess | undefined;
  /** Does the steps before the services as another version's folder has them: schemas and streams. */
  prepareFor(root: string): Promise<void>;
  /** Devices first, then the ingress, the services, NATS, Postgres. */
  stop(): Promise<void>;
}

/** Starts the whole platform on this machine; a second start in the same folder continues where the first stopped. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { durable, log: say = () => undefined } = options;
  const root = resolve(options.root ?? fileURLToPath(new URL("../..", import.meta.url)));
  const dataDir = resolve(options.dataDir);
  const step = progress({ say, now: Date.now, ...(options.signal && { signal: options.signal }) });
  await using closing = new AsyncDisposableStack();

  await dataFolder(dataDir, { traversable: true });
  const lock = lockFolder(dataDir);
  closing.defer(() => lock.release());
  for (const folder of ["logs", "run"]) await dataFolder(join(dataDir, folder));
  await endLeftovers(dataDir);
  const ports = await choosePorts(options.ports, options.replicas ?? 1);
  await requireFreePorts(ports);
  const secrets = await openSecrets(join(dataDir, "secrets"), new Date());

  const { databaseUrl, natsUrl } = options;
  const given = { ...(databaseUrl && { databaseUrl }), ...(natsUrl && { natsUrl }) };
  const backing = await startBacking({ dataDir, ports, durable, ...given, step, say, closing });

  const { appleFleet: appleDevices = 0, fleet: hosts = 0 } = options;
  const inherited = {
    ...withoutOurs(process.env),
    ...(appleDevices > 0 && pushEnvironment({ dataDir, ports })),
    ...options.environment,
  };
  const pushes: PushInputs = { root, dataDir, ports, inherited, say };
  const apns = appleDevices > 0 ? await step("simulated push service", () => startPushService(pushes)) : undefined;
  if (apns !== undefined) closing.defer(() => apns.stop());
  const environment: EnvironmentInputs = {
    ports,
    secrets,
    adminDatabaseUrl: backing.databaseUrl,
    natsUrl: backing.natsUrl,
    natsKeys: backing.natsKeys,
    serviceCertificates: options.serviceCertificates
      ? await makeServiceCertificates(join(dataDir, "service-certificates"), new Date())
      : undefined,
    publicDeviceUrl: `https://localhost:${ports.ingress}`,
    logLevel: process.env["MUSTER_LOG_LEVEL"] ?? "info",
    inherited,
  };
  const inputs = { root, dataDir, environment, say };
  // None of the three waits for another.
  await together(
    step("database schemas", () => migrateAll(inputs)),
    step("streams", () => declareStreams(inputs)),
    step("console", () =>
      runScript({
        purpose: "Building the console",
        root,
        script: "services/console/build.ts",
        env: inherited,
        logFile: join(dataDir, "logs", "console.log"),
      }),
    ),
  );
  // The administrator is made in the gateway's database, whether the gateway runs or not.
  const [replicas, administrator] = await together(
    step("six services", () => startServices(inputs, closing)),
    step("tenant and administrator", () =>
      firstAdministrator({
        root,
        env: serviceEnvironment("gateway", environment),
        logFile: join(dataDir, "logs", "gateway.log"),
        file: join(dataDir, "administrator.json"),
      }),
    ),
  );
  const ingress = await step("ingress", () => startIngressProcess(inputs));
  closing.defer(() => ingress.stop());

  const urls = urlsOf(ports, environment);
  const api = platformApi(urls.gateway, administrator.token);
  const serverCa = secrets.files.serverCaCert;
  const devices: DeviceInputs = { root, dataDir, deviceUrl: urls.device, serverCa, inherited, api, say };
  if (options.seed) await step("first policies", () => seedPolicies(api));
  const enrollSecret = await enrollSecretFile(dataDir, api);
  const osqueryFlags = await osqueryFlagFile(devices, enrollSecret);
  const agent = options.agent ? await step("agent on this machine", () => startAgent(devices)) : undefined;
  if (agent !== undefined) closing.defer(() => agent.stop());
  const fleet =
    hosts > 0 ? await step(`${hosts} simulated hosts`, () => startFleet(devices, enrollSecret, hosts)) : undefined;
  if (fleet !== undefined) closing.defer(() => fleet.stop());
  const appleFleet =
    appleDevices > 0
      ? await step(`${appleDevices} simulated Apple devices`, async () => {
          await obtainPushCertificate(pushes, api);
          return startAppleFleet(devices, appleDevices, ports.appleFleet);
        })
      : undefined;
  if (appleFleet !== undefined) closing.defer(() => appleFleet.stop());
  options.signal?.throwIfAborted();

  const everything = closing.move();
  return {
    urls,
    secrets: secrets.secrets,
    files: { ...secrets.files, enrollSecret, osqueryFlags, natsObserver: backing.natsKeys?.credentials.observer },
    administrator,
    get pids() {
      const { postgres, nats } = backing.servers;
      const running = [
        postgres,
        nats,
        ...replicas.map((replica) => replica.process),
        ingress,
        agent,
        fleet,
        apns,
        appleFleet,
      ].flatMap((process) => (process?.pid === undefined ? [] : [[process.name, process.pid] as const]));
      return Object.fromEntries(running);
    },
    replicas,
    services: firstOfEach(replicas),
    ingress,
    backing: backing.servers,
    agent,
    fleet,
    appleFleet,
    prepareFor: async (other) => {
      await migrateAll({ ...inputs, root: other });
      await declareStreams({ ...inputs, root: other });
    },
    stop: () => everything.disposeAsync(),
  };
}

/** A setting of the launcher's own must not leak into a service that would read it as its configuration. */
function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("MUSTER_")));
}

function firstOfEach(replicas: readonly Replica[]): Platform["services"] {
  // Written from the last to the first, so that the first stays.
  return Object.fromEntries(replicas.toReversed().map(({ service, process }) => [service, process])) as Record<
    ServiceName,
    SupervisedProcess
  >;
}

function urlsOf(ports: Ports, environment: EnvironmentInputs): Platform["urls"] {
  const doors = SERVICES.map(({ name }) => [name, `http://127.0.0.1:${ports.services[name][0]?.http}`] as const);
  return {
    gateway: `http://localhost:${ports.page}`,
    device: environment.publicDeviceUrl,
    database: environment.adminDatabaseUrl,
    nats: environment.natsUrl,
    doors: Object.fromEntries(doors) as Record<ServiceName, string>,
  };
}
