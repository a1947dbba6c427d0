import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { freePorts } from "@muster/backing/free-port";
import { Client } from "pg";
import { eventually } from "./eventually.ts";

export interface ServiceProcess {
  readonly grpcAddress: string;
  readonly adminUrl: string;
  /** Origin of its HTTP doors. */
  readonly httpUrl: string;
  readonly child: ChildProcess;
  /** What it logged, where it is quiet. */
  readonly log: () => string;
  /**
   * Ends the process in order, or with SIGKILL in the midst of its work, and waits for the end of what it asked of the database
   * last; returns its exit code.
   */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
}

export interface ServiceProcessOptions {
  /** The service's main.ts. */
  readonly main: string;
  readonly databaseUrl: string;
  readonly natsUrl: string;
  readonly serviceToken: string;
  /** What the service needs besides. */
  readonly env?: NodeJS.ProcessEnv;
  /** Keeps what it logs for log(); it stands in the test's own output otherwise. */
  readonly quiet?: boolean;
}

/** A machine that is busy with other tests starts a service slowly. */
const READY_WITHIN_MS = 120_000;

/**
 * Runs a service as in production, as a process of its own on free ports, and waits until it is ready. One that does not get
 * ready is ended: the test file would run as long as it does.
 */
export async function startServiceProcess(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const [grpcPort, adminPort, httpPort] = await freePorts(3);
  const database = new URL(options.databaseUrl);
  const sessions = `muster-test-${randomBytes(6).toString("hex")}`;
  database.searchParams.set("application_name", sessions);
  const child = spawn(process.execPath, [options.main], {
    env: {
      PATH: process.env["PATH"] ?? "",
      // Types are stripped once a test run, not at every start of every service.
      NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
      MUSTER_LOG_LEVEL: "warn",
      MUSTER_DATABASE_URL: database.href,
      MUSTER_NATS_URL: options.natsUrl,
      MUSTER_SERVICE_TOKEN: options.serviceToken,
      MUSTER_GRPC_PORT: String(grpcPort),
      MUSTER_ADMIN_PORT: String(adminPort),
      MUSTER_HTTP_PORT: String(httpPort),
      ...options.env,
    },
    stdio: ["ignore", options.quiet === true ? "pipe" : "inherit", "inherit"],
  });
  let log = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  const end: ServiceProcess["end"] = async (signal) => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
    if (signal === "SIGKILL") await untilGone(options.databaseUrl, sessions);
    return child.exitCode;
  };
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  try {
    await eventually("the service to be ready", () => readiness(child, adminUrl), READY_WITHIN_MS);
  } catch (error) {
    await end("SIGKILL");
    throw new Error(`${options.main} did not start: ${log}`, { cause: error });
  }
  return {
    grpcAddress: `127.0.0.1:${grpcPort}`,
    adminUrl,
    httpUrl: `http://127.0.0.1:${httpPort}`,
    child,
    log: () => log,
    end,
  };
}

/** Postgres works off what a process asked before it was killed. */
async function untilGone(databaseUrl: string, sessions: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await eventually("the end of the killed process's statements", async () => {
      const { rowCount } = await client.query("select from pg_stat_activity where application_name = $1", [sessions]);
      return rowCount === 0 ? true : undefined;
    });
  } finally {
    await client.end();
  }
}

async function readiness(child: ChildProcess, adminUrl: string): Promise<true | undefined> {
  const ended = child.exitCode ?? child.signalCode;
  if (ended !== null) throw new Error(`the service ended with ${ended} before it was ready`);
  const answer = await fetch(`${adminUrl}/readyz`).catch(() => undefined);
  return answer?.ok === true ? true : undefined;
}
