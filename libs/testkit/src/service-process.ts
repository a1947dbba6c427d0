import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { freePort } from "@muster/backing/free-port";
import { eventually } from "./eventually.ts";

export interface ServiceProcess {
  readonly grpcAddress: string;
  readonly adminUrl: string;
  /** Origin of its HTTP doors. */
  readonly httpUrl: string;
  readonly pid: number;
  /** Ends the process in order, or with SIGKILL in the midst of its work; returns its exit code. */
  end(signal: "SIGTERM" | "SIGKILL"): Promise<number | null>;
}

export interface ServiceProcessOptions {
  /** The service's main.ts. */
  readonly main: string;
  readonly databaseUrl: string;
  readonly natsUrl: string;
  readonly serviceToken: string;
  /** What the service needs besides. */
  readonly env?: Readonly<Record<string, string>>;
}

const READY_WITHIN_MS = 20_000;

/** Runs a service as in production, as a process of its own on free ports, and waits until it is ready. */
export async function startServiceProcess(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const [grpcPort, adminPort, httpPort] = [await freePort(), await freePort(), await freePort()];
  const child = spawn(process.execPath, [options.main], {
    env: {
      PATH: process.env["PATH"] ?? "",
      MUSTER_LOG_LEVEL: "warn",
      MUSTER_DATABASE_URL: options.databaseUrl,
      MUSTER_NATS_URL: options.natsUrl,
      MUSTER_SERVICE_TOKEN: options.serviceToken,
      MUSTER_GRPC_PORT: String(grpcPort),
      MUSTER_ADMIN_PORT: String(adminPort),
      MUSTER_HTTP_PORT: String(httpPort),
      ...options.env,
    },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  await eventually("the service to be ready", () => readiness(child, adminUrl), READY_WITHIN_MS);
  return {
    grpcAddress: `127.0.0.1:${grpcPort}`,
    adminUrl,
    httpUrl: `http://127.0.0.1:${httpPort}`,
    pid: child.pid ?? 0,
    end: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const exit = once(child, "exit");
      child.kill(signal);
      await exit;
      return child.exitCode;
    },
  };
}

async function readiness(child: ChildProcess, adminUrl: string): Promise<true | undefined> {
  if (child.exitCode !== null) throw new Error(`the service ended with code ${child.exitCode} before it was ready`);
  const answer = await fetch(`${adminUrl}/readyz`).catch(() => undefined);
  return answer?.ok === true ? true : undefined;
}
