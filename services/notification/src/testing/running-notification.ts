import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LabelMembershipChanged } from "@muster/contracts/gen/muster/inventory/v1/inventory_events";
import {
  type ActivityServiceServer,
  ActivityServiceService,
} from "@muster/contracts/gen/muster/notification/v1/activity_service";
import {
  type AuditServiceServer,
  AuditServiceService,
} from "@muster/contracts/gen/muster/notification/v1/audit_service";
import {
  type SharedSignalsServiceServer,
  SharedSignalsServiceService,
} from "@muster/contracts/gen/muster/notification/v1/shared_signals_service";
import { Sink } from "@muster/contracts/gen/muster/notification/v1/sink";
import { type SinkServiceServer, SinkServiceService } from "@muster/contracts/gen/muster/notification/v1/sink_service";
import { Webhook } from "@muster/contracts/gen/muster/notification/v1/webhook";
import {
  type WebhookServiceServer,
  WebhookServiceService,
} from "@muster/contracts/gen/muster/notification/v1/webhook_service";
import { PolicyChanged } from "@muster/contracts/gen/muster/policy/v1/policy_events";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { Channel, type ClientOf, clientOf } from "@muster/rpc/client";
import { type ServiceProcess, startServiceProcess } from "@muster/testkit/service-process";
import { tell } from "@muster/testkit/tell";
import { startTestBacking, type TestBacking } from "@muster/testkit/test-backing";
import type { TestBus } from "@muster/testkit/test-bus";
import type { TestDatabase } from "@muster/testkit/test-database";
import type { NotificationTables } from "../storage/tables.ts";

const TOKEN = "service-token";
export const PUBLIC_ORIGIN = "https://muster.example";
export const caller = { tenant: "acme", actor: "ada@acme.example" };

/** The whole service as a process, with its own Postgres and NATS, and clients of its gRPC doors. */
export class RunningNotification {
  readonly bus: TestBus;
  readonly database: TestDatabase<NotificationTables>;
  readonly #backing: TestBacking<NotificationTables>;
  readonly auditKey = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  readonly #signalKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  readonly #masterKey = randomBytes(32).toString("base64");
  readonly #allowed: string;
  readonly #checkpointSeconds: number;
  #lifecycle = new Lifecycle(createLogger("test", "silent"));
  process!: ServiceProcess;
  webhooks!: ClientOf<WebhookServiceServer>;
  audit!: ClientOf<AuditServiceServer>;
  signals!: ClientOf<SharedSignalsServiceServer>;
  activities!: ClientOf<ActivityServiceServer>;
  sinks!: ClientOf<SinkServiceServer>;
  /** Where sinks may write files. */
  readonly sinkFolder = mkdtempSync(join(tmpdir(), "muster-sinks-"));

  private constructor(backing: TestBacking<NotificationTables>, allowed: string, checkpointSeconds: number) {
    this.#backing = backing;
    this.bus = backing.bus;
    this.database = backing.database;
    this.#allowed = allowed;
    this.#checkpointSeconds = checkpointSeconds;
  }

  /** Checkpoints of the audit chain are events too: but for the tests of them, none comes. */
  static async start(allowed: string, checkpointSeconds = 3_600): Promise<RunningNotification> {
    const migrations = join(import.meta.dirname, "../../migrations");
    const backing = await startTestBacking<NotificationTables>("notification", migrations);
    const running = new RunningNotification(backing, allowed, checkpointSeconds);
    try {
      await running.startProcess();
    } catch (error) {
      await backing.stop();
      throw error;
    }
    return running;
  }

  async startProcess(): Promise<void> {
    this.process = await this.startReplica();
    const channel = new Channel(this.process.grpcAddress, TOKEN, this.#lifecycle);
    this.webhooks = clientOf<WebhookServiceServer>(WebhookServiceService, channel);
    this.signals = clientOf<SharedSignalsServiceServer>(SharedSignalsServiceService, channel);
    this.audit = clientOf<AuditServiceServer>(AuditServiceService, channel);
    this.sinks = clientOf<SinkServiceServer>(SinkServiceService, channel);
    this.activities = clientOf<ActivityServiceServer>(ActivityServiceService, channel);
  }

  /** One more process of the same service, which the caller ends. */
  startReplica(): Promise<ServiceProcess> {
    return startServiceProcess({
      main: join(import.meta.dirname, "../main.ts"),
      databaseUrl: this.database.url,
      natsUrl: this.bus.url,
      serviceToken: TOKEN,
      env: {
        MUSTER_MASTER_KEY: this.#masterKey,
        MUSTER_WEBHOOK_ALLOW_PRIVATE: this.#allowed,
        MUSTER_SINK_FOLDER: this.sinkFolder,
        MUSTER_AUDIT_SIGNING_KEY: JSON.stringify(this.auditKey),
        MUSTER_SSF_SIGNING_KEY: JSON.stringify(this.#signalKey),
        MUSTER_PUBLIC_DEVICE_URL: PUBLIC_ORIGIN,
        MUSTER_AUDIT_CHECKPOINT_SECONDS: String(this.#checkpointSeconds),
      },
    });
  }

  /** Kills the process in the midst of its work. */
  async kill(): Promise<void> {
    await this.process.end("SIGKILL");
  }

  async stop(): Promise<number | null> {
    await this.#lifecycle.stop();
    const code = await this.process.end("SIGTERM");
    await this.#backing.stop();
    rmSync(this.sinkFolder, { recursive: true });
    return code;
  }

  async createWebhook(url: string, changes: object = {}): Promise<Webhook> {
    const asked = Webhook.fromJSON({ name: "SIEM", url, enabled: true, ...changes });
    const { webhook } = await this.webhooks.createWebhook({ webhook: asked }, caller);
    if (webhook === undefined) throw new Error("no webhook was created");
    return webhook;
  }

  async createSink(changes: object): Promise<Sink> {
    const asked = Sink.fromJSON({ name: "SIEM", enabled: true, ...changes });
    const { sink } = await this.sinks.createSink({ sink: asked }, caller);
    if (sink === undefined) throw new Error("no sink was created");
    return sink;
  }

  async sink(id: string): Promise<Sink & { readonly health: NonNullable<Sink["health"]> }> {
    const { sink } = await this.sinks.getSink({ id }, caller);
    if (sink?.health === undefined) throw new Error("the sink has no health");
    return { ...sink, health: sink.health };
  }

  /** Tells which labels a device carries. */
  labelled(
    deviceId: string,
    labelIds: readonly string[],
    options: { tenant?: string; version?: number } = {},
  ): Promise<string> {
    return tell(this.bus.bus, {
      type: "muster.inventory.v1.LabelMembershipChanged",
      tenant: options.tenant ?? caller.tenant,
      deviceId,
      data: LabelMembershipChanged.fromJSON({ deviceId, version: options.version ?? 1, member: true, labelIds }),
    });
  }

  /** Tells of a policy that changed, the plainest of events, and returns the event's id. */
  policyChanged(name: string, options: { tenant?: string; deviceId?: string } = {}): Promise<string> {
    return tell(this.bus.bus, {
      type: "muster.policy.v1.PolicyChanged",
      tenant: options.tenant ?? caller.tenant,
      deviceId: options.deviceId ?? "",
      actor: caller.actor,
      data: PolicyChanged.fromJSON({ policy: { name } }),
    });
  }
}
