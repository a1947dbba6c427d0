import { type ChildProcess, execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { type ServiceProcess, startServiceProcess } from "./service-process.ts";
import { startTestBacking } from "./test-backing.ts";
import type { TestBus } from "./test-bus.ts";
import type { TestDatabase } from "./test-database.ts";

const GATEWAY = join(import.meta.dirname, "../../../services/gateway");

/** What the gateway under test and the services behind it show each other. */
export const TEST_SERVICE_TOKEN = "service-token-only-for-tests";

export interface GatewayProcess<DB> {
  readonly url: string;
  readonly grpcAddress: string;
  readonly database: TestDatabase<DB>;
  readonly bus: TestBus;
  /** The first administrator. */
  readonly admin: { readonly email: string; readonly password: string; readonly token: string };
  readonly child: ChildProcess;
  /** One more process on the same database and bus. */
  anotherReplica(): Promise<ServiceProcess>;
  /** Runs the first-admin program once more; what it printed. */
  firstAdmin(): Promise<string>;
  stop(): Promise<void>;
}

/** The real gateway as a process of its own, with all services behind it at one address. */
export async function startGatewayProcess<DB>(
  upstream: string,
  env: NodeJS.ProcessEnv = {},
): Promise<GatewayProcess<DB>> {
  await using starting = new AsyncDisposableStack();
  const { bus, database, stop } = await startTestBacking<DB>("gateway", join(GATEWAY, "migrations"));
  starting.defer(stop);
  const services = ["ENROLLMENT", "COMMAND", "INVENTORY", "POLICY", "NOTIFICATION"];
  const settings = {
    ...Object.fromEntries(services.map((service) => [`MUSTER_${service}_GRPC`, upstream])),
    MUSTER_INGRESS_KEY: "ingress-key-only-for-tests",
    MUSTER_MASTER_KEY: Buffer.alloc(32, 7).toString("base64"),
    ...env,
  };
  const firstAdmin = async () => {
    const ownEnv = { ...process.env, MUSTER_DATABASE_URL: database.url };
    const program = join(GATEWAY, "src/first-admin.ts");
    return (await promisify(execFile)(process.execPath, [program], { env: ownEnv })).stdout;
  };
  const start = () =>
    startServiceProcess({
      main: join(GATEWAY, "src/main.ts"),
      databaseUrl: database.url,
      natsUrl: bus.url,
      serviceToken: TEST_SERVICE_TOKEN,
      env: settings,
    });
  const created = JSON.parse(await firstAdmin()) as GatewayProcess<DB>["admin"];
  const first = await start();
  const running = starting.move();
  running.defer(async () => void (await first.end("SIGTERM")));
  return {
    url: first.httpUrl,
    grpcAddress: first.grpcAddress,
    database,
    bus,
    admin: created,
    child: first.child,
    anotherReplica: start,
    firstAdmin,
    stop: () => running.disposeAsync(),
  };
}
