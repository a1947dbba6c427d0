import { join } from "node:path";
import {
  type BackboneServiceServer,
  BackboneServiceService,
} from "@muster/contracts/gen/muster/backbone/v1/backbone_service";
import {
  type AppleDesiredStateServiceServer,
  AppleDesiredStateServiceService,
} from "@muster/contracts/gen/muster/policy/v1/apple_service";
import { type PolicyServiceServer, PolicyServiceService } from "@muster/contracts/gen/muster/policy/v1/policy_service";
import {
  type ProfileServiceServer,
  ProfileServiceService,
} from "@muster/contracts/gen/muster/policy/v1/profile_service";
import { runService } from "@muster/host/service";
import { openBackbone } from "@muster/postgres/backbone";
import { listen } from "@muster/postgres/listen";
import { backboneMethods } from "@muster/postgres/parked/backbone-methods";
import { GrpcServer } from "@muster/rpc/server";
import { Vault } from "@muster/vault/vault";
import { v7 as newId } from "uuid";
import { readConfig } from "./config.ts";
import { onCommand } from "./events/on-command.ts";
import { onEnrollment } from "./events/on-enrollment.ts";
import { onInventory } from "./events/on-inventory.ts";
import { policyMethods } from "./grpc/policy-service.ts";
import { profileMethods } from "./grpc/profile-service.ts";
import type { PolicyTables } from "./storage/tables.ts";
import { contentSeal } from "./usecases/profiles/content-seal.ts";
import { renderProfile } from "./usecases/profiles/render-profile.ts";
import { startSweeping } from "./usecases/sweep-stale.ts";

await runService("policy", async (host) => {
  const { log, lifecycle, env } = host;
  const { grpcPort, masterKey, serviceToken, staleAfterSeconds } = readConfig(env);
  const { database, bus } = await openBackbone<PolicyTables>(host, join(import.meta.dirname, "../migrations"));
  const deps = { database, now: () => new Date(), newId: () => newId() };
  const profileDeps = { ...deps, content: contentSeal(new Vault(masterKey)) };

  listen({ bus, database, consumer: "policy-enrollment", log, lifecycle, apply: onEnrollment(deps) });
  listen({ bus, database, consumer: "policy-inventory", log, lifecycle, apply: onInventory(deps) });
  listen({ bus, database, consumer: "policy-command", log, lifecycle, apply: onCommand(deps) });
  startSweeping({ ...deps, staleAfterSeconds }, log, lifecycle);

  await new GrpcServer({ port: grpcPort, serviceToken, log, lifecycle })
    .offer<PolicyServiceServer>(PolicyServiceService, policyMethods(deps))
    .offer<ProfileServiceServer>(ProfileServiceService, profileMethods(profileDeps))
    .offer<AppleDesiredStateServiceServer>(AppleDesiredStateServiceService, {
      renderProfile: (request, { tenant }) => renderProfile(profileDeps)(tenant, request),
      // No declarations are kept: a device has none.
      answerDeclarations: async () => ({ status: 404, body: Buffer.alloc(0) }),
    })
    .offer<BackboneServiceServer>(BackboneServiceService, backboneMethods(database, "policy"))
    .open();
});
