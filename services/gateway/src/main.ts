import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readRegistry } from "@muster/contracts/descriptors";
import {
  type BackboneServiceServer,
  BackboneServiceService,
} from "@muster/contracts/gen/muster/backbone/v1/backbone_service";
import { CampaignServiceService } from "@muster/contracts/gen/muster/command/v1/campaign_service";
import { CommandServiceService } from "@muster/contracts/gen/muster/command/v1/command_service";
import {
  type OwnerServiceServer as CommandOwner,
  OwnerServiceService as CommandOwnerService,
} from "@muster/contracts/gen/muster/command/v1/owner_service";
import { DesiredStateServiceService } from "@muster/contracts/gen/muster/gateway/v1/desired_state_service";
import { IdentityServiceService } from "@muster/contracts/gen/muster/gateway/v1/identity_service";
import { OperationServiceService } from "@muster/contracts/gen/muster/gateway/v1/operation_service";
import { SecondFactorServiceService } from "@muster/contracts/gen/muster/gateway/v1/second_factor_service";
import { SignInProviderServiceService } from "@muster/contracts/gen/muster/gateway/v1/sign_in_provider_service";
import { DeviceServiceService } from "@muster/contracts/gen/muster/inventory/v1/device_service";
import { LiveQueryServiceService } from "@muster/contracts/gen/muster/inventory/v1/live_query_service";
import {
  type OwnerServiceServer as InventoryOwner,
  OwnerServiceService as InventoryOwnerService,
} from "@muster/contracts/gen/muster/inventory/v1/owner_service";
import { PolicyServiceService } from "@muster/contracts/gen/muster/policy/v1/policy_service";
import { createHttpDoor, openHttpDoor } from "@muster/host/http-door";
import { TrustedIngress } from "@muster/host/ingress";
import { repeat } from "@muster/host/repeat";
import { runService } from "@muster/host/service";
import { openBackbone } from "@muster/postgres/backbone";
import { backboneMethods } from "@muster/postgres/parked/backbone-methods";
import { clientOf } from "@muster/rpc/client";
import { openRpc } from "@muster/rpc/open-rpc";
import { Vault } from "@muster/vault/vault";
import { readConfig } from "./config.ts";
import { RateLimit } from "./domain/rate-limit.ts";
import { identityService } from "./grpc/identity-service.ts";
import { offerMyDevice } from "./my-device/door.ts";
import { OwnerCookie } from "./my-device/owner-cookie.ts";
import { offerPage } from "./page/page.ts";
import { ActionLog } from "./rest/action-log.ts";
import { Admission } from "./rest/admission.ts";
import { AnswerStreams } from "./rest/answer-stream.ts";
import { offerApi } from "./rest/api.ts";
import { BoundDevices } from "./rest/bound-devices.ts";
import { ServiceKeepers } from "./rest/desired-state/resource-keepers.ts";
import { Idempotency } from "./rest/idempotency.ts";
import { ownUpstream } from "./rest/own-upstream.ts";
import { RefusalTally } from "./rest/refusal-tally.ts";
import { nameRequests } from "./rest/request-id.ts";
import { RemoteUpstream } from "./rest/upstream.ts";
import { offerScim } from "./scim/door.ts";
import { cookieWriter } from "./sign-in/cookies.ts";
import { offerSignIn } from "./sign-in/door.ts";
import { offerProviderSignIn } from "./sign-in/provider-door.ts";
import { SignInRecord } from "./sign-in/sign-in-record.ts";
import { AttemptLimit } from "./storage/attempt-limit.ts";
import { shareRate } from "./storage/shared-rate.ts";
import type { GatewayTables } from "./storage/tables.ts";
import { ApiTokens } from "./usecases/api-tokens.ts";
import { Authenticator } from "./usecases/authenticate.ts";
import { backboneOfAll } from "./usecases/backbone-of-all.ts";
import { DesiredState } from "./usecases/desired-state/desired-state.ts";
import { desiredStateMethods } from "./usecases/desired-state/desired-state-methods.ts";
import { identityMethods } from "./usecases/identity-methods.ts";
import { operationMethods } from "./usecases/operations/operation-methods.ts";
import { operationSources } from "./usecases/operations/operation-sources.ts";
import { OwnerPages } from "./usecases/owner-page.ts";
import { ProviderSignIn } from "./usecases/provider-sign-in.ts";
import { Roles } from "./usecases/roles.ts";
import { ProvidedGroups } from "./usecases/scim/provided-groups.ts";
import { ProvidedUsers } from "./usecases/scim/provided-users.ts";
import { secondFactorMethods } from "./usecases/second-factor-methods.ts";
import { SecondFactors } from "./usecases/second-factors.ts";
import { SignIn } from "./usecases/sign-in.ts";
import { signInProviderMethods } from "./usecases/sign-in-provider-methods.ts";
import { SignInProviders } from "./usecases/sign-in-providers.ts";
import { Tenants } from "./usecases/tenants.ts";
import { Users } from "./usecases/users.ts";

const BODY_LIMIT = 8 * 1024 * 1024;
/** How late it is seen that an operation got further. */
const LOOK_EVERY_MS = 1_000;
/** How often what callers took is brought together with other replicas. */
const SHARED_MS = 1_000;

await runService("gateway", async (host) => {
  const { log, lifecycle, env } = host;
  const config = readConfig(env);
  const rpc = await openRpc(host, config);
  const { database } = await openBackbone<GatewayTables>(host, join(import.meta.dirname, "../migrations"));
  const now = () => new Date();

  const identity = identityMethods({
    tenants: new Tenants(database, now),
    users: new Users(database, now),
    apiTokens: new ApiTokens(database, now),
    roles: new Roles(database, now),
  });
  const authenticator = new Authenticator(database, now);
  authenticator.start(lifecycle, log);
  // Ten attempts at once, then one every half minute: a typing person never notices, a guessing program does.
  const signInLimits = {
    perAccount: new AttemptLimit(database, { of: "account", everySec: 30, burst: 10 }),
    perAddress: new AttemptLimit(database, { of: "address", everySec: 1, burst: 60 }),
  };
  const requestRate = new RateLimit({ perSecond: config.requestsPerSecond, burst: config.requestsPerSecond * 10 });
  const refusedRate = new RateLimit({ perSecond: 1, burst: 60 });
  const ownerRate = new RateLimit({ perSecond: 1, burst: 30 });
  const sweeping = setInterval(() => {
    for (const limit of [requestRate, refusedRate, ownerRate]) limit.sweep(now());
  }, 60_000);
  lifecycle.add("sweep of rate limits", () => clearInterval(sweeping));
  const share = shareRate(database, "requests", requestRate);
  repeat({ name: "request rates", everyMs: SHARED_MS, log, lifecycle, work: share });

  const channels = {
    enrollment: rpc.channelTo("enrollment", config.enrollmentGrpc),
    command: rpc.channelTo("command", config.commandGrpc),
    inventory: rpc.channelTo("inventory", config.inventoryGrpc),
    policy: rpc.channelTo("policy", config.policyGrpc),
    notification: rpc.channelTo("notification", config.notificationGrpc),
  };
  const backbone = backboneMethods(database, "gateway");
  const clients = Object.entries(channels).map(([name, channel]) => [name, clientOf(BackboneServiceService, channel)]);
  const keptElsewhere = {
    "muster.backbone.v1": ownUpstream(
      BackboneServiceService,
      backboneOfAll({ ...Object.fromEntries(clients), gateway: backbone }, log),
    ),
    "muster.enrollment.v1": new RemoteUpstream(channels.enrollment),
    "muster.command.v1": new RemoteUpstream(channels.command),
    "muster.inventory.v1": new RemoteUpstream(channels.inventory),
    "muster.policy.v1": new RemoteUpstream(channels.policy),
    "muster.notification.v1": new RemoteUpstream(channels.notification),
  };
  const registry = readRegistry();
  const vault = new Vault(config.masterKey);
  const scimUrl = `${config.publicUrl.origin}/scim/v2`;
  const signInProviders = new SignInProviders({ database, vault, issuers: config.oidcIssuers, now });
  const secondFactors = new SecondFactors({ database, vault, perAccount: signInLimits.perAccount, now });
  const people = { ...IdentityServiceService, ...SignInProviderServiceService };
  const peopleMethods = { ...identity, ...signInProviderMethods(signInProviders, scimUrl) };
  const keepers = new ServiceKeepers(registry, {
    ...keptElsewhere,
    "muster.gateway.v1": ownUpstream(people, peopleMethods),
  });
  const desiredState = new DesiredState({ database, keepers, vault, hashKey: config.masterKey, log, now });
  desiredState.start(lifecycle);
  const things = {
    campaigns: clientOf(CampaignServiceService, channels.command),
    commands: clientOf(CommandServiceService, channels.command),
    liveQueries: clientOf(LiveQueryServiceService, channels.inventory),
  };
  const operations = operationSources({ ...things, database });
  const upstreams = {
    ...keptElsewhere,
    "muster.gateway.v1": ownUpstream(
      {
        ...people,
        ...DesiredStateServiceService,
        ...SecondFactorServiceService,
        ...OperationServiceService,
      },
      {
        ...peopleMethods,
        ...desiredStateMethods(desiredState),
        ...secondFactorMethods(secondFactors),
        ...operationMethods(operations, (signal) => delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined)),
      },
    ),
  };

  rpc.server.offer(IdentityServiceService, identityService(identity));
  await rpc.server.offer<BackboneServiceServer>(BackboneServiceService, backbone).open();

  const admission = new Admission(authenticator, requestRate, new TrustedIngress(config.ingressKey));
  const actions = new ActionLog(database, log, now);
  actions.start(lifecycle);
  const streams = new AnswerStreams(log);
  const idempotency = new Idempotency(database, vault, config.masterKey, now);
  const door = createHttpDoor({ log, lifecycle, bodyLimit: BODY_LIMIT });
  nameRequests(door);
  const boundDevices = new BoundDevices({
    ...things,
    inventory: clientOf(DeviceServiceService, channels.inventory),
  });
  const records = { actions, admission, refusals: new RefusalTally(refusedRate), now };
  await offerApi(door, registry, upstreams, { admission, boundDevices, idempotency, records, streams });
  const signInParts = {
    database,
    providers: new ProviderSignIn({
      database,
      vault,
      perAddress: signInLimits.perAddress,
      origin: config.publicUrl.origin,
      log,
      now,
    }),
    admission,
    record: new SignInRecord(records),
    cookie: cookieWriter(config.publicUrl.protocol === "https:"),
  };
  offerSignIn(door, { ...signInParts, signIn: new SignIn(database, secondFactors, signInLimits, now) });
  offerProviderSignIn(door, { ...signInParts, vault });
  const provided = { database, base: scimUrl, now };
  offerScim(door, {
    providers: signInProviders,
    users: new ProvidedUsers(provided),
    groups: new ProvidedGroups(provided),
    records,
    base: scimUrl,
  });
  await offerMyDevice(door, {
    pages: new OwnerPages({
      devices: clientOf(DeviceServiceService, channels.inventory),
      inventory: clientOf<InventoryOwner>(InventoryOwnerService, channels.inventory),
      commands: clientOf(CommandServiceService, channels.command),
      rules: clientOf<CommandOwner>(CommandOwnerService, channels.command),
      policies: clientOf(PolicyServiceService, channels.policy),
    }),
    cookie: new OwnerCookie(vault, config.publicUrl.protocol === "https:"),
    records,
    rate: ownerRate,
  });
  await offerPage(door, { publicDeviceUrl: config.publicDeviceUrl, log });
  const port = await openHttpDoor(door, config.httpPort);
  lifecycle.add("open streams", () => streams.stop());
  log.info({ port }, "gateway door open");
});
