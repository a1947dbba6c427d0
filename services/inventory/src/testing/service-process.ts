import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import type { DeviceIdentity } from "@muster/device-identity/identity";
import { NodeKeySigner } from "@muster/device-identity/node-key";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { Channel } from "@muster/rpc/client";
import { startServiceProcess } from "@muster/testkit/service-process";
import { startTestBacking, type TestBacking } from "@muster/testkit/test-backing";
import type { Schema } from "../storage/schema.ts";

const SERVICE_TOKEN = "only-for-tests";

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
  readonly channel: Channel;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<number | null>;
}

/** A bus and a database of its own for the service. */
export const startBacking = (): Promise<TestBacking<Schema>> =>
  startTestBacking("inventory", join(import.meta.dirname, "../../migrations"));

/** Runs the service's own main.ts and waits until it is ready. */
export async function startService(
  { bus, database }: TestBacking<Schema>,
  policyAddress = "127.0.0.1:1",
): Promise<ServiceProcess> {
  const { end, grpcAddress, httpUrl } = await startServiceProcess({
    main: join(import.meta.dirname, "../main.ts"),
    databaseUrl: database.url,
    natsUrl: bus.url,
    serviceToken: SERVICE_TOKEN,
    env: { MUSTER_NODE_KEY_PUBLIC: publicKey.toString("base64"), MUSTER_POLICY_GRPC: policyAddress },
  });
  const lifecycle = new Lifecycle(createLogger("test", "silent"));
  return {
    http: httpUrl,
    channel: new Channel(grpcAddress, SERVICE_TOKEN, lifecycle),
    post: (path, body, headers = {}) =>
      fetch(`${httpUrl}${path}`, {
        method: "POST",
        body: typeof body === "string" ? body : JSON.stringify(body),
        headers: { "content-type": "application/json", ...headers },
      }),
    stop: async () => {
      await lifecycle.stop();
      return end("SIGTERM");
    },
  };
}
