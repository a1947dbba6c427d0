import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "@muster/backing/free-port";
import { eventually } from "./eventually.ts";
import { startTestBus, type TestBus } from "./test-bus.ts";
import { startTestDatabase, type TestDatabase } from "./test-database.ts";

const GATEWAY = join(import.meta.dirname, "../../../services/gateway");

/** What the gateway under test and the services behind it show each other. */
export const TEST_SERVICE_TOKEN = "service-token-only-for-tests";

export interface GatewayReplica {
  readonly url: string;
  readonly child: ChildProcess;
  /** Ends it, with SIGKILL at once. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
}

export interface GatewayProcess<DB> {
  readonly url: string;
  readonly grpcAddress: string;
  readonly database: TestDatabase<DB>;
  readonly bus: TestBus;
  /** The first administrator. */
  readonly admin: { readonly email: string; readonly password: string; readonly token: string };
  readonly child: ChildProcess;
  /** One more process on the same database and bus. */
  anotherReplica(): Promise<GatewayReplica>;
  /** Runs the first-admin program once more; what it printed. */
  firstAdmin(): Promise<string>;
  stop(): Promise<void>;
}

/** The real gateway as a process of its own, with all services behind it at one address. */
export async function startGatewayProcess<DB>(
  upstream: string,
  env: NodeJS.ProcessEnv = {},
): Promise<GatewayProcess<DB>> {
  const [database, bus] = await Promise.all([
    startTestDatabase<DB>("gateway", join(GATEWAY, "migrations")),
    startTestBus(),
  ]);
  const services = ["ENROLLMENT", "COMMAND", "INVENTORY", "POLICY", "NOTIFICATION"];
  const environment = {
    ...process.env,
    ...Object.fromEntries(services.map((service) => [`MUSTER_${service}_GRPC`, upstream])),
    MUSTER_DATABASE_URL: database.url,
    MUSTER_NATS_URL: bus.url,
    MUSTER_SERVICE_TOKEN: TEST_SERVICE_TOKEN,
    MUSTER_INGRESS_KEY: "ingress-key-only-for-tests",
    MUSTER_MASTER_KEY: Buffer.alloc(32, 7).toString("base64"),
    MUSTER_LOG_LEVEL: "warn",
    ...env,
  };
  const run = async (program: string) =>
    (await promisify(execFile)(process.execPath, [join(GATEWAY, "src", program)], { env: environment })).stdout;
  const firstAdmin = () => run("first-admin.ts");
  const created = JSON.parse(await firstAdmin()) as GatewayProcess<DB>["admin"];
  const { replica, grpcAddress } = await startReplica(environment).catch(async (error: unknown) => {
    await Promise.all([database.stop(), bus.stop()]);
    throw error;
  });
  return {
    url: replica.url,
    grpcAddress,
    database,
    bus,
    admin: created,
    child: replica.child,
    anotherReplica: async () => (await startReplica(environment)).replica,
    firstAdmin,
    stop: async () => {
      await replica.stop();
      await Promise.all([database.stop(), bus.stop()]);
    },
  };
}

async function startReplica(environment: NodeJS.ProcessEnv): Promise<{ replica: GatewayReplica; grpcAddress: string }> {
  const [http, grpc, admin] = await Promise.all([freePort(), freePort(), freePort()]);
  const child = spawn(process.execPath, [join(GATEWAY, "src/main.ts")], {
    env: {
      ...environment,
      MUSTER_HTTP_PORT: String(http),
      MUSTER_GRPC_PORT: String(grpc),
      MUSTER_ADMIN_PORT: String(admin),
    },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const ended = once(child, "exit");
  const stop: GatewayReplica["stop"] = async (signal = "SIGTERM") => {
    child.kill(signal);
    await ended;
  };
  try {
    await eventually("the gateway to be ready", async () => {
      if (child.exitCode !== null) throw new Error(`the gateway ended with ${child.exitCode}`);
      const answer = await fetch(`http://127.0.0.1:${admin}/readyz`).catch(() => undefined);
      return answer?.ok === true ? true : undefined;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { replica: { url: `http://127.0.0.1:${http}`, child, stop }, grpcAddress: `127.0.0.1:${grpc}` };
}
