import { randomBytes } from "node:crypto";
import { join } from "node:path";
import {
  type BackboneServiceServer,
  BackboneServiceService,
} from "@muster/contracts/gen/muster/backbone/v1/backbone_service";
import { DeviceServiceService } from "@muster/contracts/gen/muster/inventory/v1/device_service";
import { LabelServiceService } from "@muster/contracts/gen/muster/inventory/v1/label_service";
import { LiveQueryServiceService } from "@muster/contracts/gen/muster/inventory/v1/live_query_service";
import { OsqueryServiceService } from "@muster/contracts/gen/muster/inventory/v1/osquery_service";
import { type OwnerServiceServer, OwnerServiceService } from "@muster/contracts/gen/muster/inventory/v1/owner_service";
import { PolicyServiceService } from "@muster/contracts/gen/muster/policy/v1/policy_service";
import { NodeKeyVerifier } from "@muster/device-identity/node-key";
import { createHttpDoor, openHttpDoor } from "@muster/host/http-door";
import { runService } from "@muster/host/service";
import { openBackbone } from "@muster/postgres/backbone";
import { listen } from "@muster/postgres/listen";
import { backboneMethods } from "@muster/postgres/parked/backbone-methods";
import { clientOf } from "@muster/rpc/client";
import { openRpc } from "@muster/rpc/open-rpc";
import manifest from "../package.json" with { type: "json" };
import { readConfig } from "./config.ts";
import { hearSignals, signalsOver } from "./events/core-signals.ts";
import { onAppleAnswers } from "./events/on-apple-answer.ts";
import { onAppleStatus } from "./events/on-apple-status.ts";
import { afterCommand, onCommand } from "./events/on-command.ts";
import { afterEnrollment, onEnrollment } from "./events/on-enrollment.ts";
import { afterPolicy, onPolicy } from "./events/on-policy.ts";
import { deviceMethods } from "./grpc/device-methods.ts";
import { labelMethods } from "./grpc/label-methods.ts";
import { liveQueryMethods } from "./grpc/live-query-methods.ts";
import { osqueryMethods } from "./grpc/osquery-methods.ts";
import { ownerMethods } from "./grpc/owner-methods.ts";
import { offerAnswers } from "./osquery/answers-door.ts";
import { offerCarves } from "./osquery/carve-door.ts";
import { offerDistributed } from "./osquery/distributed-door.ts";
import { offerLog } from "./osquery/log-door.ts";
import { offerVersion } from "./osquery/version-door.ts";
import { failCarve, openCarve, sweepCarves, takeBlock } from "./storage/carves.ts";
import { claimWork } from "./storage/claim-work.ts";
import { countThisHour } from "./storage/count-history.ts";
import { findHosts } from "./storage/find-hosts.ts";
import { sweepLiveQueries } from "./storage/live-queries.ts";
import { readConfigOf } from "./storage/osquery-configs.ts";
import { recordAnswers } from "./storage/record-answers.ts";
import type { Schema } from "./storage/schema.ts";
import { SoftwareDictionary } from "./storage/software-dictionary.ts";
import { sweepOld } from "./storage/sweep-old.ts";
import { TenantRulesCache } from "./storage/tenant-rules.ts";
import { WorkChangesReader } from "./storage/work-changes.ts";
import { writeLogs } from "./storage/write-logs.ts";
import { writePresence } from "./storage/write-presence.ts";
import { admitHost } from "./usecases/admit-host.ts";
import { beginCarve } from "./usecases/begin-carve.ts";
import { followChanges } from "./usecases/follow-changes.ts";
import { HostConfigs } from "./usecases/host-config.ts";
import { keepPresence } from "./usecases/keep-presence.ts";
import { KnownHosts } from "./usecases/known-hosts.ts";
import { LiveQueryWatchers } from "./usecases/live-query-watchers.ts";
import { readWork } from "./usecases/read-work.ts";
import { sweep } from "./usecases/sweep.ts";
import { takeAnswers } from "./usecases/take-answers.ts";

await runService("inventory", async (host) => {
  const { log, lifecycle } = host;
  const now = () => new Date();
  const config = readConfig(host.env);
  const rpc = await openRpc(host, config);
  const historyMs = config.historyDays * 86_400_000;
  const { database, bus } = await openBackbone<Schema>(host, join(import.meta.dirname, "../migrations"));

  const known = new KnownHosts();
  const watchers = new LiveQueryWatchers();
  const configs = new HostConfigs((tenant) => readConfigOf(database, tenant), now);
  const signals = signalsOver(bus);
  hearSignals(bus, { known, configs, watchers });

  const rules = new TenantRulesCache();
  const record = {
    database,
    dictionary: new SoftwareDictionary(database),
    detailIntervalMs: config.detailIntervalSeconds * 1000,
    random: Math.random,
    rulesOf: rules.rulesOf,
  };
  const saw = keepPresence({ log, lifecycle, write: (seen) => writePresence(database, seen) });
  const distributed = {
    verifier: new NodeKeyVerifier(config.nodeKeyPublic),
    readWork: readWork({
      known,
      now,
      claim: (identities, at) => claimWork(database, rules.questionsOf, identities, at),
    }),
    admit: admitHost({ known, now, findHosts: (keys, at) => findHosts(database, keys, at) }),
    takeAnswers: takeAnswers({ known, signals, now, record: (batch) => recordAnswers(record, batch) }),
    configs,
    saw,
    now,
  };

  listen({
    bus,
    database,
    log,
    lifecycle,
    consumer: "inventory-enrollment",
    apply: onEnrollment(now),
    applied: afterEnrollment(signals),
  });

  const appleAnswers = {
    now,
    findHosts: (keys: Parameters<typeof findHosts>[1], at: Date) => findHosts(database, keys, at),
    record: (batch: Parameters<typeof recordAnswers>[1]) => recordAnswers(record, batch),
  };
  const [takeAppleAnswers, takeAppleStatus] = [onAppleAnswers(appleAnswers), onAppleStatus(appleAnswers)];
  listen({
    bus,
    database,
    log,
    lifecycle,
    consumer: "inventory-policy",
    apply: async (work, events) => {
      await takeAppleStatus(work, events);
      await onPolicy(work, events);
    },
    applied: afterPolicy(signals),
  });
  listen({
    bus,
    database,
    log,
    lifecycle,
    consumer: "inventory-command",
    apply: async (work, events) => {
      await takeAppleAnswers(events);
      await onCommand(work, events);
    },
    applied: afterCommand(signals),
  });

  const changes = new WorkChangesReader(database);
  const follow = followChanges({ known, look: () => changes.look(), now });
  await follow();
  sweep({ log, lifecycle }, "work changes", 2_000, follow);
  sweep({ log, lifecycle }, "live queries", 2_000, async () => {
    for (const { tenant, id } of await sweepLiveQueries(database, now())) signals.liveQueryChanged(tenant, id);
  });

  sweep({ log, lifecycle }, "device counts", 15_000, () => countThisHour(database, now()));

  sweep({ log, lifecycle }, "old rows", 10 * 60_000, async () => {
    await sweepOld(database, now(), historyMs);
    await sweepCarves(database, now());
  });

  const grpc = rpc.server;
  const policies = clientOf(PolicyServiceService, rpc.channelTo("policy", config.policyGrpc));
  grpc.offer(DeviceServiceService, deviceMethods({ database, signals, now, policies, historyMs, saw }));
  grpc.offer(LiveQueryServiceService, liveQueryMethods({ database, signals, watchers, now }));
  grpc.offer(LabelServiceService, labelMethods({ database, signals, now }));
  grpc.offer(OsqueryServiceService, osqueryMethods({ database, signals, now }));
  grpc.offer<OwnerServiceServer>(OwnerServiceService, ownerMethods({ database, now }));
  grpc.offer<BackboneServiceServer>(BackboneServiceService, backboneMethods(database, "inventory"));
  await grpc.open();

  const door = createHttpDoor({ log, lifecycle, bodyLimit: 1024 * 1024 });
  offerVersion(door, manifest.version);
  offerDistributed(door, distributed);
  offerAnswers(door, distributed);
  offerLog(door, { ...distributed, writeLogs: (logs) => writeLogs(database, logs) });
  offerCarves(door, {
    ...distributed,
    begin: beginCarve({
      open: (start) => openCarve(database, start),
      fail: (start, error) => failCarve(database, start, error),
      maxBytes: config.maxCarveBytes,
    }),
    take: (sessionHash, block) => takeBlock(database, sessionHash, block, now()),
    newSession: () => randomBytes(32).toString("base64url"),
  });
  await openHttpDoor(door, config.httpPort);
});
