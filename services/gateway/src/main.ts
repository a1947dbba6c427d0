import { join } from "node:path";
import { readRegistry } from "@muster/contracts/descriptors";
import { IdentityServiceService } from "@muster/contracts/gen/muster/gateway/v1/identity_service";
import { createHttpDoor, openHttpDoor } from "@muster/host/http-door";
import { TrustedIngress } from "@muster/host/ingress";
import { runService } from "@muster/host/service";
import { openBackbone } from "@muster/postgres/backbone";
import { Channel } from "@muster/rpc/client";
import { GrpcServer } from "@muster/rpc/server";
import { readConfig } from "./config.ts";
import { RateLimit } from "./domain/rate-limit.ts";
import { identityService } from "./grpc/identity-service.ts";
import { offerPage } from "./page/page.ts";
import { ActionLog } from "./rest/action-log.ts";
import { Admission } from "./rest/admission.ts";
import { AnswerStreams } from "./rest/answer-stream.ts";
import { offerApi } from "./rest/api.ts";
import { Idempotency } from "./rest/idempotency.ts";
import { ownUpstream } from "./rest/own-upstream.ts";
import { nameRequests } from "./rest/request-id.ts";
import { RemoteUpstream } from "./rest/upstream.ts";
import { offerSignIn } from "./sign-in/door.ts";
import { Seal } from "./storage/seal.ts";
import type { GatewayTables } from "./storage/tables.ts";
import { ApiTokens } from "./usecases/api-tokens.ts";
import { Authenticator } from "./usecases/authenticate.ts";
import { identityMethods } from "./usecases/identity-methods.ts";
import { SignIn } from "./usecases/sign-in.ts";
import { Tenants } from "./usecases/tenants.ts";
import { Users } from "./usecases/users.ts";

const BODY_LIMIT = 8 * 1024 * 1024;

await runService("gateway", async (host) => {
  const { log, lifecycle, env } = host;
  const config = readConfig(env);
  const { database } = await openBackbone<GatewayTables>(host, join(import.meta.dirname, "../migrations"));
  const now = () => new Date();

  const identity = identityMethods({
    tenants: new Tenants(database, now),
    users: new Users(database, now),
    apiTokens: new ApiTokens(database, now),
  });
  const authenticator = new Authenticator(database, now);
  authenticator.start(lifecycle, log);
  // Ten attempts at once, then one every half minute: a typing person never notices, a guessing program does.
  const signInLimits = {
    perAccount: new RateLimit({ perSecond: 1 / 30, burst: 10 }),
    perAddress: new RateLimit({ perSecond: 1, burst: 60 }),
  };
  const requestRate = new RateLimit({ perSecond: config.requestsPerSecond, burst: config.requestsPerSecond * 10 });
  const sweeping = setInterval(() => {
    for (const limit of [requestRate, signInLimits.perAccount, signInLimits.perAddress]) limit.sweep(now());
  }, 60_000);
  lifecycle.add("sweep of rate limits", () => clearInterval(sweeping));

  const remote = (address: string) => new RemoteUpstream(new Channel(address, config.serviceToken, lifecycle));
  const upstreams = {
    "muster.gateway.v1": ownUpstream(identity),
    "muster.enrollment.v1": remote(config.enrollmentGrpc),
    "muster.command.v1": remote(config.commandGrpc),
    "muster.inventory.v1": remote(config.inventoryGrpc),
    "muster.policy.v1": remote(config.policyGrpc),
    "muster.notification.v1": remote(config.notificationGrpc),
  };

  const grpc = new GrpcServer({ port: config.grpcPort, serviceToken: config.serviceToken, log, lifecycle });
  await grpc.offer(IdentityServiceService, identityService(identity)).open();

  const admission = new Admission(authenticator, requestRate, new TrustedIngress(config.ingressKey));
  const actions = new ActionLog(database, log);
  const streams = new AnswerStreams(admission, log);
  const idempotency = new Idempotency(database, new Seal(config.masterKey), now);
  const door = createHttpDoor({ log, lifecycle, bodyLimit: BODY_LIMIT });
  nameRequests(door);
  const registry = readRegistry();
  await offerApi(door, registry, upstreams, { registry, admission, idempotency, actions, streams });
  offerSignIn(door, {
    signIn: new SignIn(database, signInLimits, now),
    admission,
    actions,
    secureCookie: config.publicUrl.protocol === "https:",
  });
  await offerPage(door, { publicDeviceUrl: config.publicDeviceUrl });
  const port = await openHttpDoor(door, config.httpPort);
  lifecycle.add("open streams", () => streams.stop());
  log.info({ port }, "gateway door open");
});
