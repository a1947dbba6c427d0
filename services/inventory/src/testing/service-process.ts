import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { freePort } from "@muster/backing/free-port";
import type { DeviceIdentity } from "@muster/device-identity/identity";
import { NodeKeySigner } from "@muster/device-identity/node-key";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { Channel } from "@muster/rpc/client";
import { eventually } from "@muster/testkit/eventually";

const { privateKey, publicKey } = generateKeyPairSync("ed25519", {
  privateKeyEncoding: { format: "der", type: "pkcs8" },
  publicKeyEncoding: { format: "der", type: "spki" },
});
const signer = new NodeKeySigner(privateKey);

/** A node key as enrollment would give it. */
export const nodeKey = (deviceId: string, identity: Partial<DeviceIdentity> = {}): string =>
  signer.issue({ tenant: "acme", method: "osquery", generation: 1, ...identity, deviceId });

export interface ServiceProcess {
  readonly http: string;
  readonly admin: string;
  readonly channel: Channel;
  readonly process: ChildProcess;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<number | null>;
}

/** Runs the service's own main.ts and waits until it is ready. */
export async function startService(
  databaseUrl: string,
  natsUrl: string,
  env: Record<string, string> = {},
): Promise<ServiceProcess> {
  const [http, grpc, admin] = [await freePort(), await freePort(), await freePort()];
  const child = spawn(process.execPath, [join(import.meta.dirname, "../main.ts")], {
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      MUSTER_DATABASE_URL: databaseUrl,
      MUSTER_NATS_URL: natsUrl,
      MUSTER_HTTP_PORT: String(http),
      MUSTER_GRPC_PORT: String(grpc),
      MUSTER_ADMIN_PORT: String(admin),
      MUSTER_SERVICE_TOKEN: "only-for-tests",
      MUSTER_NODE_KEY_PUBLIC: publicKey.toString("base64"),
      MUSTER_LOG_LEVEL: "warn",
      ...env,
    },
  });
  const exited = once(child, "exit") as Promise<[number | null]>;
  const lifecycle = new Lifecycle(createLogger("test", "silent"));
  await eventually("the service to be ready", async () => {
    if (child.exitCode !== null) throw new Error(`the service ended with code ${child.exitCode}`);
    const ready = await fetch(`http://127.0.0.1:${admin}/readyz`).catch(() => undefined);
    return ready?.ok === true ? true : undefined;
  });
  return {
    http: `http://127.0.0.1:${http}`,
    admin: `http://127.0.0.1:${admin}`,
    channel: new Channel(`127.0.0.1:${grpc}`, "only-for-tests", lifecycle),
    process: child,
    post: (path, body, headers = {}) =>
      fetch(`http://127.0.0.1:${http}${path}`, {
        method: "POST",
        body: typeof body === "string" ? body : JSON.stringify(body),
        headers: { "content-type": "application/json", ...headers },
      }),
    stop: async () => {
      await lifecycle.stop();
      child.kill("SIGTERM");
      const [code] = await exited;
      return code;
    },
  };
}
