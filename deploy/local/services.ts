import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { requireFreePort } from "@muster/backing/free-port";
import { endLeftover } from "@muster/backing/server-process";
import type { Ports } from "./ports.ts";
import { readyByHttp } from "./ready-by-http.ts";
import { readyByPort } from "./ready-by-port.ts";
import { runScript } from "./run-script.ts";
import {
  bootstrapEnvironment,
  type EnvironmentInputs,
  ingressEnvironment,
  migrationEnvironment,
  serviceEnvironment,
} from "./service-environment.ts";
import { type SupervisedProcess, supervise } from "./supervise.ts";
import { mainFile, migrateFile, replicaName, SERVICES, type ServiceName, type ServicePorts } from "./topology.ts";

export interface ServicesInputs {
  readonly root: string;
  readonly dataDir: string;
  readonly environment: EnvironmentInputs;
  readonly say: (line: string) => void;
}

/** One process of a service. */
export interface Replica {
  readonly service: ServiceName;
  readonly process: SupervisedProcess;
  /** Its device door, or for the gateway the API, without the ingress. */
  readonly doorUrl: string;
  /** Health and metrics. */
  readonly adminUrl: string;
  /**
   * Ends it as an orchestrator does, which waits for as long as it takes, and starts it from the folder of another version.
   * It stays with that at further restarts.
   */
  restartFrom(root: string): Promise<void>;
}

const INGRESS = "deploy/local/ingress-main.ts";

/** Ends what a killed launcher left running, devices first; Postgres and NATS see to themselves. */
export async function endLeftovers(dataDir: string): Promise<void> {
  const end = (name: string, script: string): Promise<void> =>
    endLeftover(join(dataDir, "run", `${name}.pid`), script, "SIGTERM");
  await Promise.all([
    end("agent", "services/agent/src/main.ts"),
    end("fleet", "osquery/fleet-main.ts"),
    end("apple-fleet", "apple-fleet-main.ts"),
    end("apns", "apns-main.ts"),
  ]);
  await end("ingress", INGRESS);
  const pidFiles = (await readdir(join(dataDir, "run")).catch(() => [])).map((file) => file.replace(/\.pid$/, ""));
  await Promise.all(
    SERVICES.flatMap(({ name }) =>
      pidFiles.filter((file) => file.replace(/-\d+$/, "") === name).map((replica) => end(replica, mainFile(name))),
    ),
  );
}

/** Says at once which port is taken, rather than after half the platform runs. */
export async function requireFreePorts(ports: Ports): Promise<void> {
  await requireFreePort(ports.page, "The page");
  await requireFreePort(ports.ingress, "The device door");
  await requireFreePort(ports.apns, "The simulated push service");
  await requireFreePort(ports.appleFleet, "The simulated Apple devices");
  for (const { name } of SERVICES) {
    for (const port of ports.services[name].flatMap(({ http, grpc, admin }) => [http, grpc, admin])) {
      if (port !== ports.page) await requireFreePort(port, `The ${name} service`);
    }
  }
}

/** Roles, schemas and tables of all services. */
export async function migrateAll({ root, dataDir, environment }: ServicesInputs): Promise<void> {
  const migrate = (name: ServiceName): Promise<string> =>
    runScript({
      purpose: `Preparing the database of ${name}`,
      root,
      script: migrateFile(name),
      env: migrationEnvironment(name, environment),
      logFile: join(dataDir, "logs", `${name}.log`),
    });
  await Promise.all(SERVICES.map(({ name }) => migrate(name)));
}

export async function declareStreams({ root, dataDir, environment }: ServicesInputs): Promise<void> {
  await runScript({
    purpose: "Declaring the streams",
    root,
    script: "libs/eventbus/src/bootstrap-main.ts",
    env: bootstrapEnvironment(environment),
    logFile: join(dataDir, "logs", "streams.log"),
  });
}

/** All replicas of all services at once, since none waits for another to be ready; stopped together again. */
export async function startServices(
  { root, dataDir, environment, say }: ServicesInputs,
  closing: AsyncDisposableStack,
): Promise<readonly Replica[]> {
  const start = async (service: ServiceName, replica: number, ports: ServicePorts): Promise<Replica> => {
    const name = replicaName(service, replica);
    let from = root;
    const process = await supervise(
      {
        name,
        get root() {
          return from;
        },
        script: mainFile(service),
        env: serviceEnvironment(service, environment, replica),
        logFile: join(dataDir, "logs", `${name}.log`),
        pidFile: join(dataDir, "run", `${name}.pid`),
        isReady: readyByHttp(ports.admin),
      },
      say,
    );
    const restartFrom = async (other: string): Promise<void> => {
      await process.kill("SIGTERM");
      from = other;
      await process.restart();
    };
    const [doorUrl, adminUrl] = [ports.http, ports.admin].map((port) => `http://127.0.0.1:${port}`) as [string, string];
    return { service, process, doorUrl, adminUrl, restartFrom };
  };
  const outcomes = await Promise.allSettled(
    SERVICES.flatMap(({ name }) =>
      environment.ports.services[name].map((ports, replica) => start(name, replica, ports)),
    ),
  );
  const started = outcomes.filter((outcome) => outcome.status === "fulfilled").map(({ value }) => value);
  closing.defer(async () => {
    await Promise.all(started.map(({ process }) => process.stop()));
  });
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return started;
}

export function startIngressProcess({ root, dataDir, environment, say }: ServicesInputs): Promise<SupervisedProcess> {
  return supervise(
    {
      name: "ingress",
      root,
      script: INGRESS,
      env: ingressEnvironment(environment),
      logFile: join(dataDir, "logs", "ingress.log"),
      pidFile: join(dataDir, "run", "ingress.pid"),
      isReady: readyByPort(environment.ports.ingress),
    },
    say,
  );
}
