import { join } from "node:path";
import {
  type BackboneServiceServer,
  BackboneServiceService,
} from "@muster/contracts/gen/muster/backbone/v1/backbone_service";
import {
  type AppleDesiredStateServiceServer,
  AppleDesiredStateServiceService,
} from "@muster/contracts/gen/muster/policy/v1/apple_service";
import {
  type DeclarationServiceServer,
  DeclarationServiceService,
} from "@muster/contracts/gen/muster/policy/v1/declaration_service";
import { type PolicyServiceServer, PolicyServiceService } from "@muster/contracts/gen/muster/policy/v1/policy_service";
import {
  type ProfileServiceServer,
  ProfileServiceService,
} from "@muster/contracts/gen/muster/policy/v1/profile_service";
import { repeat } from "@muster/host/repeat";
import { runService } from "@muster/host/service";
import { openBackbone } from "@muster/postgres/backbone";
import { gather } from "@muster/postgres/gather";
import { listen } from "@muster/postgres/listen";
import { backboneMethods } from "@muster/postgres/parked/backbone-methods";
import { sharingTransactions } from "@muster/postgres/shared-transactions";
import { openRpc } from "@muster/rpc/open-rpc";
import { Vault } from "@muster/vault/vault";
import { v7 as newId } from "uuid";
import { readConfig } from "./config.ts";
import { onCommand } from "./events/on-command.ts";
import { onEnrollment } from "./events/on-enrollment.ts";
import { onInventory } from "./events/on-inventory.ts";
import { appleDeclarations } from "./grpc/apple-declarations.ts";
import { declarationMethods } from "./grpc/declaration-service.ts";
import { policyMethods } from "./grpc/policy-service.ts";
import { profileMethods } from "./grpc/profile-service.ts";
import { countThisHour } from "./storage/compliance-history.ts";
import type { PolicyTables } from "./storage/tables.ts";
import { holdPolicies } from "./storage/tenant-lock.ts";
import { answerDeclarations, findTogether } from "./usecases/declarations/answer-declarations.ts";
import { sweepDeclarations } from "./usecases/declarations/sweep-declarations.ts";
import { takeStatus } from "./usecases/declarations/take-status.ts";
import { contentSeal } from "./usecases/profiles/content-seal.ts";
import { renderProfile } from "./usecases/profiles/render-profile.ts";
import { startSweeping } from "./usecases/sweep-stale.ts";

const GATHERED = { maxBatch: 500, maxWaitMs: 3, inFlight: 2 };
const FORGET_MS = 3_600_000;
// It counts once an hour; more often it only looks whether it has.
const COUNT_MS = 15_000;

await runService("policy", async (host) => {
  const { log, lifecycle, env } = host;
  const config = readConfig(env);
  const { masterKey, publicDeviceUrl, staleAfterSeconds } = config;
  const rpc = await openRpc(host, config);
  const { database, bus } = await openBackbone<PolicyTables>(host, join(import.meta.dirname, "../migrations"));
  const changes = sharingTransactions(database, holdPolicies);
  const deps = { database, changes, now: () => new Date(), newId: () => newId() };
  const vault = new Vault(masterKey);
  const profileDeps = { ...deps, content: contentSeal(vault) };

  listen({ bus, database, consumer: "policy-enrollment", log, lifecycle, apply: onEnrollment(deps) });
  listen({ bus, database, consumer: "policy-inventory", log, lifecycle, apply: onInventory(deps) });
  listen({ bus, database, consumer: "policy-command", log, lifecycle, apply: onCommand(deps) });
  startSweeping({ ...deps, staleAfterSeconds }, log, lifecycle);
  const forget = sweepDeclarations(deps);
  const count = () => countThisHour(database, deps.now());
  repeat({ name: "compliance history", everyMs: COUNT_MS, log, lifecycle, work: count });
  repeat({ name: "unused declarations", everyMs: FORGET_MS, log, lifecycle, work: forget });

  const contentPlace = (tenant: string, sha256: string) => `${tenant}/declaration-content/${sha256}`;
  const declarations = {
    ...deps,
    origin: publicDeviceUrl,
    sealContent: (tenant: string, sha256: string, content: Uint8Array) =>
      vault.seal(contentPlace(tenant, sha256), content),
    openContent: (tenant: string, sha256: string, sealed: Buffer) => vault.open(contentPlace(tenant, sha256), sealed),
  };
  const answer = answerDeclarations({
    find: gather({ ...GATHERED, flush: findTogether(database) }),
    takeStatus: gather({ ...GATHERED, maxBatch: 100, flush: takeStatus(deps) }),
  });

  await rpc.server
    .offer<PolicyServiceServer>(PolicyServiceService, policyMethods(deps))
    .offer<ProfileServiceServer>(ProfileServiceService, profileMethods(profileDeps))
    .offer<DeclarationServiceServer>(DeclarationServiceService, declarationMethods(declarations))
    .offer<AppleDesiredStateServiceServer>(AppleDesiredStateServiceService, {
      ...appleDeclarations({ ...declarations, answer }),
      renderProfile: (request, { tenant }) => renderProfile(profileDeps)(tenant, request),
    })
    .offer<BackboneServiceServer>(BackboneServiceService, backboneMethods(database, "policy"))
    .open();
});
