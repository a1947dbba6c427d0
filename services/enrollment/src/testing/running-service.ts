import { generateKeyPairSync, randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type AppleIdentityServiceServer,
  AppleIdentityServiceService,
} from "@muster/contracts/gen/muster/enrollment/v1/apple_identity_service";
import {
  type AppleDeviceServiceServer,
  AppleDeviceServiceService,
} from "@muster/contracts/gen/muster/enrollment/v1/apple_service";
import {
  type AutomatedEnrollmentServiceServer,
  AutomatedEnrollmentServiceService,
} from "@muster/contracts/gen/muster/enrollment/v1/automated_enrollment_service";
import {
  type BusinessManagerServiceServer,
  BusinessManagerServiceService,
} from "@muster/contracts/gen/muster/enrollment/v1/business_manager_service";
import {
  type EnrollmentServiceServer,
  EnrollmentServiceService,
} from "@muster/contracts/gen/muster/enrollment/v1/enrollment_service";
import {
  type AppleImportServiceServer,
  AppleImportServiceService,
} from "@muster/contracts/gen/muster/enrollment/v1/import_service";
import { NodeKeyVerifier } from "@muster/device-identity/node-key";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { Channel, type ClientOf, clientOf } from "@muster/rpc/client";
import { startServiceProcess } from "@muster/testkit/service-process";
import { startTestBacking } from "@muster/testkit/test-backing";
import type { TestBus } from "@muster/testkit/test-bus";
import type { TestDatabase } from "@muster/testkit/test-database";
import type { EnrollmentDatabase } from "../storage/tables.ts";
import { makeAuthority, type TestAuthority } from "./certificate-authority.ts";
import { type InventoryAnswers, startInventoryAnswers } from "./inventory-answers.ts";

/** Where devices reach the service, as far as they are told. */
export const ORIGIN = "https://devices.example.com";

/** An administrator of the tenant that most tests are about. */
export const acme = { tenant: "acme", actor: "ada@acme.example" };
export const INGRESS_KEY = "the-ingress-proves-itself-with-this";
const SERVICE_TOKEN = "only-for-tests";
const MIGRATIONS = join(import.meta.dirname, "../../migrations");

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever the door answers, the test looks into
  readonly body: any;
}

interface WrittenEvent {
  readonly tenant: string;
  readonly device_id: string;
  readonly actor: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- proto3 JSON, the test looks into it
  readonly body: any;
}

export interface RunningService {
  readonly url: string;
  readonly adminUrl: string;
  readonly client: ClientOf<EnrollmentServiceServer>;
  readonly appleIdentity: ClientOf<AppleIdentityServiceServer>;
  readonly automated: ClientOf<AutomatedEnrollmentServiceServer>;
  readonly businessManager: ClientOf<BusinessManagerServiceServer>;
  readonly appleDevices: ClientOf<AppleDeviceServiceServer>;
  readonly imports: ClientOf<AppleImportServiceServer>;
  readonly verifier: NodeKeyVerifier;
  /** What node keys and the tokens of accounts are signed with: PKCS#8, DER. */
  readonly nodeKey: Buffer;
  readonly authority: TestAuthority;
  readonly inventory: InventoryAnswers;
  readonly data: TestDatabase<EnrollmentDatabase>;
  readonly bus: TestBus;
  /** Sends a body, as JSON unless it is text. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** The events of this type that are written, oldest first. */
  events(type: string): Promise<WrittenEvent[]>;
  /** Ends the process with this signal and gives its exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  stop(): Promise<void>;
}

/** The service's real main.ts as a process, with Postgres and NATS of its own, and somebody who answers for inventory. */
export async function startRunningService(extra: NodeJS.ProcessEnv = {}): Promise<RunningService> {
  await using starting = new AsyncDisposableStack();
  const lifecycle = new Lifecycle(createLogger("test", "silent"));
  const authorities = Promise.all([makeAuthority(), makeAuthority(["rsa:2048"])]);
  const { bus, database: data, stop } = await startTestBacking<EnrollmentDatabase>("enrollment", MIGRATIONS);
  starting.defer(stop);
  const [authority, appleAuthority] = await authorities;
  for (const { folder } of [authority, appleAuthority]) starting.defer(() => rm(folder, { recursive: true }));
  starting.defer(() => lifecycle.stop());
  const inventory = await startInventoryAnswers(SERVICE_TOKEN, lifecycle);
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const commandKey = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
  const { adminUrl, end, grpcAddress, httpUrl } = await startServiceProcess({
    main: join(import.meta.dirname, "../main.ts"),
    databaseUrl: data.url,
    natsUrl: bus.url,
    serviceToken: SERVICE_TOKEN,
    quiet: true,
    env: {
      MUSTER_INGRESS_KEY: INGRESS_KEY,
      MUSTER_INVENTORY_GRPC: `127.0.0.1:${inventory.port}`,
      MUSTER_NODE_KEY_PRIVATE: privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
      MUSTER_DEVICE_CA_CERT: authority.certificateFile,
      MUSTER_DEVICE_CA_KEY: authority.keyFile,
      MUSTER_APPLE_CA_CERT: appleAuthority.certificateFile,
      MUSTER_APPLE_CA_KEY: appleAuthority.keyFile,
      MUSTER_POLICY_GRPC: "127.0.0.1:1",
      MUSTER_PUBLIC_DEVICE_URL: ORIGIN,
      MUSTER_MASTER_KEY: randomBytes(32).toString("base64"),
      MUSTER_COMMAND_KEYS: JSON.stringify({
        keys: [{ ...commandKey, kid: randomBytes(4).toString("hex"), alg: "EdDSA" }],
      }),
      ...extra,
    },
  });
  const running = starting.move();
  running.defer(async () => void (await end("SIGTERM")));
  const channel = new Channel(grpcAddress, SERVICE_TOKEN, lifecycle);
  return {
    url: httpUrl,
    adminUrl,
    appleDevices: clientOf<AppleDeviceServiceServer>(AppleDeviceServiceService, channel),
    appleIdentity: clientOf<AppleIdentityServiceServer>(AppleIdentityServiceService, channel),
    imports: clientOf<AppleImportServiceServer>(AppleImportServiceService, channel),
    nodeKey: privateKey.export({ format: "der", type: "pkcs8" }),
    client: clientOf<EnrollmentServiceServer>(EnrollmentServiceService, channel),
    businessManager: clientOf<BusinessManagerServiceServer>(BusinessManagerServiceService, channel),
    automated: clientOf<AutomatedEnrollmentServiceServer>(AutomatedEnrollmentServiceService, channel),
    verifier: new NodeKeyVerifier(publicKey.export({ format: "der", type: "spki" })),
    authority,
    inventory,
    data,
    bus,
    post: async (path, body, headers = {}) => {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const answer = await fetch(httpUrl + path, { method: "POST", body: text, headers });
      const raw = await answer.text();
      return { status: answer.status, headers: answer.headers, body: raw === "" ? undefined : JSON.parse(raw) };
    },
    events: async (type) => {
      const { rows } = await data.pool.query<Omit<WrittenEvent, "body"> & { body: string }>(
        "select tenant, device_id, actor, body from outbox where type = $1 order by xid, seq",
        [`muster.enrollment.v1.${type}`],
      );
      return rows.map((row) => ({ ...row, body: JSON.parse(row.body) as unknown }));
    },
    end,
    stop: () => running.disposeAsync(),
  };
}
