import { join } from "node:path";
import { checkpointSigner, publicJwk } from "@muster/audit-chain/checkpoint";
import {
  type BackboneServiceServer,
  BackboneServiceService,
} from "@muster/contracts/gen/muster/backbone/v1/backbone_service";
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
import { type SinkServiceServer, SinkServiceService } from "@muster/contracts/gen/muster/notification/v1/sink_service";
import {
  type SubscriberServiceServer,
  SubscriberServiceService,
} from "@muster/contracts/gen/muster/notification/v1/subscriber_service";
import {
  type WebhookServiceServer,
  WebhookServiceService,
} from "@muster/contracts/gen/muster/notification/v1/webhook_service";
import type { ConsumerName } from "@muster/eventbus/streams";
import { runService } from "@muster/host/service";
import { openBackbone } from "@muster/postgres/backbone";
import { listen } from "@muster/postgres/listen";
import { backboneMethods } from "@muster/postgres/parked/backbone-methods";
import { openRpc } from "@muster/rpc/open-rpc";
import { Vault } from "@muster/vault/vault";
import { v7 as newId } from "uuid";
import { readConfig } from "./config.ts";
import { destinationRegistry } from "./destinations/registry.ts";
import { ActivityWaker } from "./events/activity-waker.ts";
import { recordEvents } from "./events/record-events.ts";
import { activityMethods } from "./grpc/activity-service.ts";
import { auditMethods } from "./grpc/audit-service.ts";
import { sharedSignalsMethods } from "./grpc/shared-signals-service.ts";
import { sinkMethods } from "./grpc/sink-service.ts";
import { subscriberMethods } from "./grpc/subscriber-service.ts";
import { webhookMethods } from "./grpc/webhook-service.ts";
import { checkSinkHost } from "./outbound/sink-host.ts";
import { openSignals } from "./signals/open-signals.ts";
import type { NotificationTables } from "./storage/tables.ts";
import { openSubscribers } from "./subscribers/open-subscribers.ts";
import { AuditSealer } from "./usecases/audit-sealer.ts";
import { Feeder } from "./usecases/feeder.ts";
import { sinkOpener } from "./usecases/open-sink.ts";
import { startPruning } from "./usecases/prune.ts";
import { startPruningAudit } from "./usecases/prune-audit.ts";
import { deliverySender } from "./usecases/send-delivery.ts";
import { Sender } from "./usecases/sender.ts";
import { settleAttempts } from "./usecases/settle-attempts.ts";
import { SinkMetrics } from "./usecases/sink-metrics.ts";
import { SinkWorkers } from "./usecases/sink-workers.ts";
import { checkReceiver, guardedAgent } from "./webhook/guarded-agent.ts";
import { post, TIMEOUT_MS } from "./webhook/post.ts";
import { SecretVault } from "./webhook/secret-vault.ts";

const CONSUMERS = [
  "notification-enrollment",
  "notification-command",
  "notification-inventory",
  "notification-policy",
  "notification-notification",
  "notification-gateway",
] as const satisfies readonly ConsumerName[];

await runService("notification", async (host) => {
  const { log, lifecycle, env } = host;
  const config = readConfig(env);
  const rpc = await openRpc(host, config);
  const { database, bus } = await openBackbone<NotificationTables>(host, join(import.meta.dirname, "../migrations"));
  const deps = { database, now: () => new Date(), newId: () => newId(), chance: Math.random };
  const vault = new SecretVault(new Vault(config.masterKey));
  const allowed = config.allowedNetworks;

  const agent = guardedAgent(allowed);
  lifecycle.add("webhook connections", () => agent.close());
  const connection = { agent, allowed, timeoutMs: TIMEOUT_MS };
  const sender = new Sender({
    database,
    log,
    send: deliverySender({ ...deps, vault, post: (message) => post(connection, message) }),
    settle: (attempts) => settleAttempts(deps, attempts),
  });
  sender.start(lifecycle);
  startPruning({ ...deps, keepDays: config.activityDays }, log, lifecycle);

  const auditKeys = [publicJwk(config.auditSigningKey), ...config.auditEarlierKeys.keys];
  const sealer = new AuditSealer(
    { ...deps, sign: await checkpointSigner(config.auditSigningKey), checkpointSeconds: config.auditCheckpointSeconds },
    log,
  );
  sealer.start(lifecycle);
  startPruningAudit({ ...deps, keepDays: config.auditDays }, log, lifecycle);

  const waker = new ActivityWaker(bus);
  const kinds = destinationRegistry({ fileFolder: config.sinkFolder });
  const open = sinkOpener({ kinds, vault, allowed });
  const sinks = new SinkWorkers({ ...deps, waker, metrics: new SinkMetrics(), log, open });
  sinks.start(lifecycle);
  const signals = await openSignals({ ...deps, config, vault, agent, waker, log, lifecycle });
  const apply = recordEvents({ deliveries: () => sender.wake(), signals: signals.wake });
  for (const consumer of CONSUMERS) {
    listen({
      bus,
      database,
      consumer,
      log,
      lifecycle,
      apply,
      applied: (events) => {
        sealer.wake();
        waker.wake(events.map(({ tenant }) => tenant));
      },
    });
  }

  const subscribers = await openSubscribers(config, log, lifecycle);
  const feeder = subscribers && new Feeder({ ...deps, bus: subscribers, waker, log });
  feeder?.start(lifecycle);

  const stopping = new AbortController();
  await rpc.server
    .offer<ActivityServiceServer>(
      ActivityServiceService,
      activityMethods({ database, waker, now: () => new Date(), stopping: stopping.signal }),
    )
    .offer<WebhookServiceServer>(
      WebhookServiceService,
      webhookMethods({
        ...deps,
        vault,
        checkReceiver: (url) => checkReceiver(url, allowed),
        wakeSender: () => sender.wake(),
      }),
    )
    .offer<AuditServiceServer>(AuditServiceService, auditMethods({ database, keys: { keys: auditKeys } }))
    .offer<BackboneServiceServer>(BackboneServiceService, backboneMethods(database, "notification"))
    .offer<SubscriberServiceServer>(
      SubscriberServiceService,
      subscriberMethods({
        ...deps,
        bus: subscribers,
        log,
        servers: (config.natsPublicUrl || config.natsUrl).split(","),
        wakeFeeds: (tenant) => {
          waker.wake([tenant]);
          feeder?.wake();
        },
      }),
    )
    .offer<SinkServiceServer>(
      SinkServiceService,
      sinkMethods({
        ...deps,
        vault,
        kinds,
        open,
        checkHost: (host) => checkSinkHost(host, allowed),
        wakeWorkers: () => sinks.wake(),
      }),
    )
    .offer<SharedSignalsServiceServer>(
      SharedSignalsServiceService,
      sharedSignalsMethods({ ...deps, signals: signals.deps }),
    )
    .open();
  lifecycle.add("event streams", () => stopping.abort());
});
