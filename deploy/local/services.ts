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
import { mainFile, migrateFile, SERVICES, type ServiceName } from "./topology.ts";

export interface ServicesInputs {
  readonly root: string;
  readonly dataDir: string;
  readonly environment: EnvironmentInputs;
  readonly say: (line: string) => void;
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
  await Promise.all(SERVICES.map(({ name }) => end(name, mainFile(name))));
}

/** Says at once which port is taken, rather than after half the platform runs. */
export async function requireFreePorts(ports: Ports): Promise<void> {
  await requireFreePort(ports.services.gateway.http, "The page");
  await requireFreePort(ports.ingress, "The device door");
  await requireFreePort(ports.apns, "The simulated push service");
  await requireFreePort(ports.appleFleet, "The simulated Apple devices");
  for (const { name } of SERVICES) {
    const { http, grpc, admin } = ports.services[name];
    for (const port of name === "gateway" ? [grpc, admin] : [http, grpc, admin]) {
      await requireFreePort(port, `The ${name} service`);
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

/** All services at once, since none waits for another to be ready; stopped together again. */
export async function startServices(
  { root, dataDir, environment, say }: ServicesInputs,
  closing: AsyncDisposableStack,
): Promise<Record<ServiceName, SupervisedProcess>> {
  const starting = SERVICES.map(({ name }) =>
    supervise(
      {
        name,
        root,
        script: mainFile(name),
        env: serviceEnvironment(name, environment),
        logFile: join(dataDir, "logs", `${name}.log`),
        pidFile: join(dataDir, "run", `${name}.pid`),
        isReady: readyByHttp(environment.ports.services[name].admin),
      },
      say,
    ),
  );
  const outcomes = await Promise.allSettled(starting);
  const started = outcomes.filter((outcome) => outcome.status === "fulfilled").map(({ value }) => value);
  closing.defer(async () => {
    await Promise.all(started.map((service) => service.stop()));
  });
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return Object.fromEntries(started.map((service) => [service.name, service])) as Record<
    ServiceName,
    SupervisedProcess
  >;
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
