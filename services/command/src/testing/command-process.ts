import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { freePort } from "@muster/backing/free-port";
import {
  type AppLicenseServiceServer,
  AppLicenseServiceService,
} from "@muster/contracts/gen/muster/command/v1/app_license_service";
import {
  type CampaignServiceServer,
  CampaignServiceService,
} from "@muster/contracts/gen/muster/command/v1/campaign_service";
import {
  type CommandServiceServer,
  CommandServiceService,
  type ScriptServiceServer,
  ScriptServiceService,
} from "@muster/contracts/gen/muster/command/v1/command_service";
import { type OwnerServiceServer, OwnerServiceService } from "@muster/contracts/gen/muster/command/v1/owner_service";
import {
  type PushCertificateServiceServer,
  PushCertificateServiceService,
} from "@muster/contracts/gen/muster/command/v1/push_service";
import { AccountTokenSigner } from "@muster/device-identity/account-token";
import { NodeKeySigner } from "@muster/device-identity/node-key";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { Channel, type ClientOf, clientOf } from "@muster/rpc/client";
import { eventually } from "@muster/testkit/eventually";
import { createLocalJWKSet, exportJWK } from "jose";
import { appleCaFile } from "./apple-device.ts";

export const INGRESS_KEY = "only-for-tests-ingress";
export const SERVICE_TOKEN = "only-for-tests-service";
// A machine that is busy with other tests starts a service slowly.
const READY_WITHIN_MS = 60_000;
const MAIN = join(import.meta.dirname, "../main.ts");

const nodeKeys = generateKeyPairSync("ed25519", {
  privateKeyEncoding: { format: "der", type: "pkcs8" },
  publicKeyEncoding: { format: "der", type: "spki" },
});
const signing = generateKeyPairSync("ed25519");

/** Signs node keys that every process of this test file believes. */
export const nodeKeySigner = new NodeKeySigner(nodeKeys.privateKey);
export const accountTokenSigner = new AccountTokenSigner(nodeKeys.privateKey);
/** What agents verify commands with. */
export const commandKeys = createLocalJWKSet({ keys: [await exportJWK(signing.publicKey)] });

export interface CommandProcess {
  /** Its HTTP door. */
  readonly url: string;
  readonly child: ChildProcess;
  readonly commands: ClientOf<CommandServiceServer>;
  readonly campaigns: ClientOf<CampaignServiceServer>;
  readonly scripts: ClientOf<ScriptServiceServer>;
  readonly licenses: ClientOf<AppLicenseServiceServer>;
  readonly owners: ClientOf<OwnerServiceServer>;
  readonly pushCertificates: ClientOf<PushCertificateServiceServer>;
  log(): string;
  /** Ends it with SIGTERM; resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** The real service in a process of its own. */
export async function startCommand(
  databaseUrl: string,
  natsUrl: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<CommandProcess> {
  const [http, grpc, admin] = [await freePort(), await freePort(), await freePort()];
  const child = spawn(process.execPath, [MAIN], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      MUSTER_DATABASE_URL: databaseUrl,
      MUSTER_NATS_URL: natsUrl,
      MUSTER_HTTP_PORT: String(http),
      MUSTER_GRPC_PORT: String(grpc),
      MUSTER_ADMIN_PORT: String(admin),
      MUSTER_SERVICE_TOKEN: SERVICE_TOKEN,
      MUSTER_INGRESS_KEY: INGRESS_KEY,
      MUSTER_NODE_KEY_PUBLIC: nodeKeys.publicKey.toString("base64"),
      MUSTER_COMMAND_SIGNING_KEY: JSON.stringify(await exportJWK(signing.privateKey)),
      // Nobody is there: what depends on policy has to do without.
      MUSTER_POLICY_GRPC: `127.0.0.1:${await freePort()}`,
      MUSTER_INVENTORY_GRPC: `127.0.0.1:${await freePort()}`,
      MUSTER_ENROLLMENT_GRPC: `127.0.0.1:${await freePort()}`,
      MUSTER_MASTER_KEY: randomBytes(32).toString("base64"),
      MUSTER_APPLE_CA_CERT: await appleCaFile(),
      ...settings,
    },
  });
  let log = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    log += chunk;
  });
  await eventually(
    "the service to be ready",
    async () => {
      if (child.exitCode !== null) throw new Error(`the service ended: ${log}`);
      const answer = await fetch(`http://127.0.0.1:${admin}/readyz`).catch(() => undefined);
      return answer?.status === 200 ? true : undefined;
    },
    READY_WITHIN_MS,
  );
  const lifecycle = new Lifecycle(createLogger("test", "silent"));
  const channel = new Channel(`127.0.0.1:${grpc}`, SERVICE_TOKEN, lifecycle);
  return {
    url: `http://127.0.0.1:${http}`,
    child,
    commands: clientOf(CommandServiceService, channel) as ClientOf<CommandServiceServer>,
    campaigns: clientOf(CampaignServiceService, channel) as ClientOf<CampaignServiceServer>,
    scripts: clientOf(ScriptServiceService, channel) as ClientOf<ScriptServiceServer>,
    licenses: clientOf(AppLicenseServiceService, channel) as ClientOf<AppLicenseServiceServer>,
    owners: clientOf<OwnerServiceServer>(OwnerServiceService, channel),
    pushCertificates: clientOf<PushCertificateServiceServer>(PushCertificateServiceService, channel),
    log: () => log,
    stop: async () => {
      await lifecycle.stop();
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      const [code] = (await ended) as [number | null];
      return code;
    },
  };
}
