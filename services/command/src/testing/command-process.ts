import type { ChildProcess } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
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
import { startServiceProcess } from "@muster/testkit/service-process";
import { createLocalJWKSet, exportJWK } from "jose";
import { appleCaFile } from "./apple-device.ts";

export const INGRESS_KEY = "only-for-tests-ingress";
export const SERVICE_TOKEN = "only-for-tests-service";
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
  const { child, end, grpcAddress, httpUrl, log } = await startServiceProcess({
    main: MAIN,
    databaseUrl,
    natsUrl,
    serviceToken: SERVICE_TOKEN,
    env: {
      MUSTER_LOG_LEVEL: "info",
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
    quiet: true,
  });
  const lifecycle = new Lifecycle(createLogger("test", "silent"));
  const channel = new Channel(grpcAddress, SERVICE_TOKEN, lifecycle);
  return {
    url: httpUrl,
    child,
    commands: clientOf(CommandServiceService, channel) as ClientOf<CommandServiceServer>,
    campaigns: clientOf(CampaignServiceService, channel) as ClientOf<CampaignServiceServer>,
    scripts: clientOf(ScriptServiceService, channel) as ClientOf<ScriptServiceServer>,
    licenses: clientOf(AppLicenseServiceService, channel) as ClientOf<AppLicenseServiceServer>,
    owners: clientOf<OwnerServiceServer>(OwnerServiceService, channel),
    pushCertificates: clientOf<PushCertificateServiceServer>(PushCertificateServiceService, channel),
    log,
    stop: async () => {
      await lifecycle.stop();
      return end("SIGTERM");
    },
  };
}
