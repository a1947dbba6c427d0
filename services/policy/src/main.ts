import { join } from "node:path";
import {
  type BackboneServiceServer,
  BackboneServiceService,
} from "@muster/contracts/gen/muster/backbone/v1/backbone_service";
import { type PolicyServiceServer, PolicyServiceService } from "@muster/contracts/gen/muster/policy/v1/policy_service";
import { runService } from "@muster/host/service";
import { openBackbone } from "@muster/postgres/backbone";
import { listen } from "@muster/postgres/listen";
import { backboneMethods } from "@muster/postgres/parked/backbone-methods";
import { GrpcServer } from "@muster/rpc/server";
import { v7 as newId } from "uuid";
import { readConfig } from "./config.ts";
import { onEnrollment } from "./events/on-enrollment.ts";
import { onInventory } from "./events/on-inventory.ts";
import { policyMethods } from "./grpc/policy-service.ts";
import type { PolicyTables } from "./storage/tables.ts";
import { startSweeping } from "./usecases/sweep-stale.ts";

await runService("policy", async (host) => {
  const { log, lifecycle, env } = host;
  const { grpcPort, serviceToken, staleAfterSeconds } = readConfig(env);
  const { database, bus } = await openBackbone<PolicyTables>(host, join(import.meta.dirname, "../migrations"));
  const deps = { database, now: () => new Date(), newId: () => newId() };

  listen({ bus, database, consumer: "policy-enrollment", log, lifecycle, apply: onEnrollment(deps) });
  listen({ bus, database, consumer: "policy-inventory", log, lifecycle, apply: onInventory(deps) });
  startSweeping({ ...deps, staleAfterSeconds }, log, lifecycle);

  await new GrpcServer({ port: grpcPort, serviceToken, log, lifecycle })
    .offer<PolicyServiceServer>(PolicyServiceService, policyMethods(deps))
    .offer<BackboneServiceServer>(BackboneServiceService, backboneMethods(database, "policy"))
    .open();
});
