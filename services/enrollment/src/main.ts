import { randomBytes } from "node:crypto";
import { join } from "node:path";
import {
  type BackboneServiceServer,
  BackboneServiceService,
} from "@muster/contracts/gen/muster/backbone/v1/backbone_service";
import {
  type EnrollmentServiceServer,
  EnrollmentServiceService,
} from "@muster/contracts/gen/muster/enrollment/v1/enrollment_service";
import { NodeKeySigner } from "@muster/device-identity/node-key";
import { createHttpDoor, openHttpDoor } from "@muster/host/http-door";
import { TrustedIngress } from "@muster/host/ingress";
import { runService } from "@muster/host/service";
import { openBackbone } from "@muster/postgres/backbone";
import { backboneMethods } from "@muster/postgres/parked/backbone-methods";
import { Channel } from "@muster/rpc/client";
import { GrpcServer } from "@muster/rpc/server";
import { v7 as newId } from "uuid";
import { addAgentRoutes } from "./agent/agent-routes.ts";
import { readAuthorityFiles } from "./ca/authority-files.ts";
import { deviceAuthority } from "./ca/device-authority.ts";
import { readConfig } from "./config.ts";
import { enrollmentMethods } from "./grpc/enrollment-methods.ts";
import { lastSeenByInventory } from "./grpc/last-seen.ts";
import { addOrbitRoutes } from "./orbit/orbit-routes.ts";
import { addOsqueryRoutes } from "./osquery/osquery-routes.ts";
import { postgresRegistry } from "./storage/registry.ts";
import type { EnrollmentDatabase } from "./storage/tables.ts";
import { createEnrollSecret } from "./usecases/create-enroll-secret.ts";
import { createEnrollmentToken } from "./usecases/create-enrollment-token.ts";
import { enrollAgent } from "./usecases/enroll-agent.ts";
import { enrollHost } from "./usecases/enroll-host.ts";
import { guard } from "./usecases/guard.ts";
import { renewIdentity } from "./usecases/renew-identity.ts";
import { reportRefusal } from "./usecases/report-refusal.ts";
import { unenroll } from "./usecases/unenroll.ts";

await runService("enrollment", async (host) => {
  const { log, lifecycle, env } = host;
  const config = readConfig(env);
  const now = () => new Date();
  const newCredential = () => randomBytes(24).toString("base64url");
  const signer = new NodeKeySigner(config.nodeKeyPrivate);
  const files = await readAuthorityFiles(config.deviceCaCert, config.deviceCaKey);
  const authority = await deviceAuthority({ ...files, randomBytes });

  const { database } = await openBackbone<EnrollmentDatabase>(host, join(import.meta.dirname, "../migrations"));
  const registry = postgresRegistry(database);
  const inventory = new Channel(config.inventoryGrpc, config.serviceToken, lifecycle);
  const askLastSeen = lastSeenByInventory(inventory, log);

  const grpc = new GrpcServer({ port: config.grpcPort, serviceToken: config.serviceToken, log, lifecycle });
  grpc.offer<EnrollmentServiceServer>(
    EnrollmentServiceService,
    enrollmentMethods({
      registry,
      createEnrollSecret: createEnrollSecret({ registry, now, newId, newCredential }),
      createEnrollmentToken: createEnrollmentToken({ registry, now, newId, newCredential }),
      unenroll: unenroll(registry),
      now,
    }),
  );
  grpc.offer<BackboneServiceServer>(BackboneServiceService, backboneMethods(database, "enrollment"));
  const grpcPort = await grpc.open();

  const door = createHttpDoor({ log, lifecycle, bodyLimit: 1024 * 1024 });
  const guarded = {
    ingress: new TrustedIngress(config.ingressKey),
    signer,
    guard: guard({
      reportRefusal: reportRefusal(registry, log),
      now,
      cooldownMs: config.cooldownSeconds * 1000,
      maxPerSecond: config.maxPerSecond,
    }),
  };
  const hosts = { ...guarded, enrollHost: enrollHost({ registry, askLastSeen, now, newId }) };
  addOsqueryRoutes(door, hosts);
  addOrbitRoutes(door, hosts);
  addAgentRoutes(door, {
    ...guarded,
    enrollAgent: enrollAgent({ registry, authority, askLastSeen, now, newId }),
    renewIdentity: renewIdentity({ registry, authority, now }),
    chain: authority.chain,
    commandKeys: config.commandKeys,
    now,
  });
  const httpPort = await openHttpDoor(door, config.httpPort);
  log.info({ httpPort, grpcPort }, "doors open");
});
