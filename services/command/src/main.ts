import { generateKeyPair, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  type BackboneServiceServer,
  BackboneServiceService,
} from "@muster/contracts/gen/muster/backbone/v1/backbone_service";
import { AppLicenseServiceService } from "@muster/contracts/gen/muster/command/v1/app_license_service";
import {
  type CampaignServiceServer,
  CampaignServiceService,
} from "@muster/contracts/gen/muster/command/v1/campaign_service";
import { CommandServiceService, ScriptServiceService } from "@muster/contracts/gen/muster/command/v1/command_service";
import { type OwnerServiceServer, OwnerServiceService } from "@muster/contracts/gen/muster/command/v1/owner_service";
import {
  type PushCertificateServiceServer,
  PushCertificateServiceService,
} from "@muster/contracts/gen/muster/command/v1/push_service";
import {
  type AppleDeviceServiceServer,
  AppleDeviceServiceService,
} from "@muster/contracts/gen/muster/enrollment/v1/apple_service";
import {
  type EnrollmentServiceServer,
  EnrollmentServiceService,
} from "@muster/contracts/gen/muster/enrollment/v1/enrollment_service";
import {
  type SecretServiceServer,
  SecretServiceService,
} from "@muster/contracts/gen/muster/enrollment/v1/secret_service";
import {
  type DeviceServiceServer,
  DeviceServiceService,
} from "@muster/contracts/gen/muster/inventory/v1/device_service";
import {
  type AppleDesiredStateServiceServer,
  AppleDesiredStateServiceService,
} from "@muster/contracts/gen/muster/policy/v1/apple_service";
import { PolicyServiceService } from "@muster/contracts/gen/muster/policy/v1/policy_service";
import { AccountTokenVerifier } from "@muster/device-identity/account-token";
import { AppleVerifier } from "@muster/device-identity/apple-identity";
import { NodeKeyVerifier } from "@muster/device-identity/node-key";
import { createHttpDoor, openHttpDoor } from "@muster/host/http-door";
import { TrustedIngress } from "@muster/host/ingress";
import { repeat } from "@muster/host/repeat";
import { runService } from "@muster/host/service";
import { openBackbone } from "@muster/postgres/backbone";
import { gather } from "@muster/postgres/gather";
import { listen } from "@muster/postgres/listen";
import { backboneMethods } from "@muster/postgres/parked/backbone-methods";
import { clientOf } from "@muster/rpc/client";
import { openRpc } from "@muster/rpc/open-rpc";
import { Vault } from "@muster/vault/vault";
import { v7 as newId, v5 as uuidFromName } from "uuid";
import { openAgentDoor } from "./agent/agent-door.ts";
import { announceKeys } from "./agent/announce-keys.ts";
import { PING_MS } from "./agent/ping-interval.ts";
import { createCommandSigner } from "./agent/sign-command.ts";
import { openAppleDoor } from "./apple/apple-door.ts";
import { fillCommand } from "./apple/fill-command.ts";
import { BusAnnouncer, followAnnouncements, watchKey } from "./channel/bus-announcer.ts";
import { HeldChannels } from "./channel/held-channels.ts";
import { Watchers } from "./channel/watchers.ts";
import { readConfig } from "./config.ts";
import { devicesToChange } from "./events/on-desired-state.ts";
import { devicesGone, devicesReached, onEnrollment } from "./events/on-enrollment.ts";
import { onPolicy } from "./events/on-policy.ts";
import { devicesToRemedy } from "./events/on-remediation.ts";
import { appLicenseMethods } from "./grpc/app-license-service.ts";
import { campaignMethods } from "./grpc/campaign-service.ts";
import { commandMethods } from "./grpc/command-service.ts";
import { ownerMethods } from "./grpc/owner-service.ts";
import { pushCertificateMethods } from "./grpc/push-certificate-service.ts";
import { scriptMethods } from "./grpc/script-service.ts";
import { openDevicePageDoor } from "./orbit/device-page-door.ts";
import { failingPolicies } from "./orbit/failing-policies.ts";
import { openOrbitDoor } from "./orbit/orbit-door.ts";
import { openOrbitSockets, SOCKET_PING_MS } from "./orbit/orbit-sockets.ts";
import { openPush } from "./push/open-push.ts";
import { readPushVendor, vendorSigned, writeSigningRequest } from "./push/signing-request.ts";
import { sealedBy } from "./sealed-by.ts";
import { countLatency } from "./storage/latency-history.ts";
import type { CommandDatabase } from "./storage/tables.ts";
import { BodyReader } from "./usecases/apple/apple-bodies.ts";
import { endEarlierEpochs } from "./usecases/apple/end-earlier-epochs.ts";
import { handOverSecrets } from "./usecases/apple/hand-over-secrets.ts";
import { resolveEnrollments } from "./usecases/apple/resolve-enrollments.ts";
import { serveApple } from "./usecases/apple/serve-apple.ts";
import { tellContacts } from "./usecases/apple/tell-contacts.ts";
import { visitApple } from "./usecases/apple/visit-apple.ts";
import type { CampaignDeps } from "./usecases/campaign/campaign-deps.ts";
import { sweepCampaigns } from "./usecases/campaign/sweep-campaigns.ts";
import { areCurrent } from "./usecases/current-identity.ts";
import { expireCommands, forgetOldStrays } from "./usecases/expire-commands.ts";
import { forgetOldCommands } from "./usecases/forget-commands.ts";
import { handOutCommands } from "./usecases/hand-out.ts";
import { handOutScript, pendingScripts } from "./usecases/orbit-work.ts";
import { ownerLinks } from "./usecases/owner-links.ts";
import type { AskInventory } from "./usecases/select-devices.ts";
import { takeResults } from "./usecases/take-results.ts";
import { carryOutUnenrollments } from "./usecases/unenroll/carry-out-unenrollments.ts";
import { tendTokens } from "./usecases/vpp/tend-tokens.ts";
import { AppsAndBooks } from "./vpp/apps-and-books.ts";

const MIGRATIONS = join(import.meta.dirname, "../migrations");
/** One flush after the other: what a transaction costs, whoever it is for, is shared by twice as many as with two at once. */
const GATHERED = { maxBatch: 500, maxWaitMs: 3, inFlight: 2, besideMs: 250 };
const BODY_LIMIT = 4 * 1024 * 1024;
const WAKE_SPREAD_MS = 3_000;
const SWEEP_MS = 1_000;
const FORGET_MS = 3_600_000;
const LATENCY_MS = 10_000;
/** The name space of the names that Apple knows people by, made once for this purpose. */
const PEOPLE = "0b7a3f5e-93d4-4c58-8a3e-1f0f5b2c9d41";

await runService("command", async (host) => {
  const { log, lifecycle, env } = host;
  const config = readConfig(env);
  const rpc = await openRpc(host, config);
  const now = () => new Date();
  const { database, bus } = await openBackbone<CommandDatabase>(host, MIGRATIONS);

  const held = { limit: config.streamLimit, spreadMs: WAKE_SPREAD_MS };
  const streams = new HeldChannels({ ...held, name: "agent", pingMs: PING_MS });
  const sockets = new HeldChannels({ ...held, name: "orbit", pingMs: SOCKET_PING_MS });
  const watchers = new Watchers();
  const announcer = new BusAnnouncer(bus, watchers);
  const sealed = sealedBy(new Vault(config.masterKey));
  const { sealBody, openBody, sealSecret, openSecret, sealOrder, openOrder } = sealed;
  const approvalAbove = { destructive: config.approvalAbove, script: config.scriptApprovalAbove };
  const deps = { database, announcer, now, newId, sealBody, approvalAbove };

  const every = (everyMs: number, name: string, work: () => Promise<unknown>) =>
    repeat({ name, everyMs, work, log, lifecycle });
  const endEarlier = every(SWEEP_MS, "earlier epochs", endEarlierEpochs(deps));
  listen({
    bus,
    database,
    consumer: "command-enrollment",
    log,
    lifecycle,
    apply: onEnrollment({ now, sealing: { newId, seal: sealBody }, endEarlier }),
    applied: (events) => {
      announcer.dismiss(devicesGone(events));
      announcer.wake(devicesReached(events));
    },
  });
  listen({
    bus,
    database,
    consumer: "command-policy",
    log,
    lifecycle,
    apply: onPolicy(now, { newId, seal: sealBody }),
    applied: (events) => announcer.wake([...devicesToRemedy(events), ...devicesToChange(events)]),
  });
  const campaigns: CampaignDeps = { ...deps, log, sealOrder, openOrder };
  every(SWEEP_MS, "campaigns", sweepCampaigns(campaigns));
  every(SWEEP_MS, "expiry sweep", expireCommands(deps));
  every(LATENCY_MS, "command latency", () => countLatency(database, now()));
  every(FORGET_MS, "stray results", forgetOldStrays(deps));

  const stopping = new AbortController();
  const keptMs = config.commandDays * 86_400_000;
  const forget = forgetOldCommands({ ...deps, keptMs, stopping: stopping.signal });
  every(FORGET_MS, "old commands", forget);
  const onChange = (tenant: string, id: string, ring: () => void) => watchers.watch(watchKey(tenant, id), ring);
  const grpc = rpc.server;
  const inventory = clientOf<DeviceServiceServer>(
    DeviceServiceService,
    rpc.channelTo("inventory", config.inventoryGrpc),
  );
  const askInventory: AskInventory = (selection, caller, signal) =>
    inventory.selectDevices({ selection }, caller, signal);
  const toEnrollment = rpc.channelTo("enrollment", config.enrollmentGrpc);
  const registry = clientOf<EnrollmentServiceServer>(EnrollmentServiceService, toEnrollment);
  const ofRegistry = { ...deps, enrollment: registry };
  every(SWEEP_MS, "unenrollments", carryOutUnenrollments({ ...ofRegistry, log }));
  grpc.offer(
    CommandServiceService,
    commandMethods({ ...ofRegistry, onChange, askInventory, stopping: stopping.signal }),
  );
  grpc.offer<CampaignServiceServer>(CampaignServiceService, campaignMethods({ ...campaigns, askInventory }));
  grpc.offer(ScriptServiceService, scriptMethods(deps));
  const store = new AppsAndBooks(config.appsAndBooksUrl);
  grpc.offer(AppLicenseServiceService, appLicenseMethods({ ...deps, store, sealToken: sealed.sealToken }));
  grpc.offer<OwnerServiceServer>(OwnerServiceService, ownerMethods(deps));
  grpc.offer<BackboneServiceServer>(BackboneServiceService, backboneMethods(database, "command"));
  const vendor = await readPushVendor(config.appleVendorCert, config.appleVendorKey);
  grpc.offer<PushCertificateServiceServer>(
    PushCertificateServiceService,
    pushCertificateMethods({
      ...deps,
      sealKey: sealed.sealKey,
      newKey: async () => (await promisify(generateKeyPair)("rsa", { modulusLength: 2_048 })).privateKey,
      writeRequest: writeSigningRequest,
      vendorSigned: (request) => (vendor === undefined ? "" : vendorSigned(request, vendor)),
    }),
  );
  await grpc.open();
  lifecycle.add("watches", () => stopping.abort());

  const verifier = new NodeKeyVerifier(config.nodeKeyPublic);
  const toPolicy = rpc.channelTo("policy", config.policyGrpc);
  const policy = clientOf(PolicyServiceService, toPolicy);
  const isCurrent = gather({ ...GATHERED, flush: areCurrent(database) });
  const results = gather({ ...GATHERED, maxBatch: 100, flush: takeResults(deps) });
  const newToken = () => randomBytes(32).toString("base64url");
  const makeOwnerLink = ownerLinks({ ...deps, newToken, publicUrl: config.publicUrl });
  const door = createHttpDoor({ log, lifecycle, bodyLimit: BODY_LIMIT });
  openAgentDoor(door, {
    ingress: new TrustedIngress(config.ingressKey),
    channels: streams,
    sign: await createCommandSigner(config.commandSigningKeys[0]),
    keys: await announceKeys(config.commandSigningKeys, now()),
    isCurrent,
    checkIn: gather({ ...GATHERED, flush: handOutCommands(deps) }),
    takeResults: results,
    makeOwnerLink,
    now,
  });
  await openOrbitDoor(door, {
    database,
    verifier,
    isCurrent,
    pendingScripts: gather({ ...GATHERED, flush: pendingScripts(database, now) }),
    handOutScript: handOutScript(deps),
    takeResults: results,
    now,
  });
  const enrollment = clientOf<AppleDeviceServiceServer>(AppleDeviceServiceService, toEnrollment);
  const secrets = clientOf<SecretServiceServer>(SecretServiceService, toEnrollment);
  const lookForPushes = openPush({
    ...deps,
    address: { url: config.apnsUrl, ca: config.apnsCa === "" ? undefined : await readFile(config.apnsCa, "utf8") },
    perSecond: config.pushesPerSecond,
    openKey: ({ id, sealedKey, tenant }) => sealed.openKey(tenant, id, sealedKey),
    askTargets: async (tenant, deviceIds) =>
      (await enrollment.listPushTargets({ deviceIds: [...deviceIds] }, { tenant, actor: "command" })).targets,
    log,
    lifecycle,
  });
  followAnnouncements(bus, { channels: [streams, sockets], watchers, asked: lookForPushes });
  const handOver = handOverSecrets({ database, log, now, openSecret, escrow: enrollment });
  every(SWEEP_MS, "escrow", handOver);
  const askEnrollment = async (tenant: string, enrollmentIds: readonly string[]) =>
    (
      await enrollment.resolveEnrollments(
        { enrollmentIds: [...enrollmentIds] },
        { tenant, actor: "command" },
        { timeoutMs: 2_000 },
      )
    ).enrollments;
  const tend = tendTokens({
    ...deps,
    random: Math.random,
    store,
    openToken: sealed.openToken,
    askEnrollment,
    personName: (tenant, account) => uuidFromName(`${tenant}/${account.toLowerCase()}`, PEOPLE),
  });
  every(SWEEP_MS, "app licenses", tend);
  const desired = clientOf<AppleDesiredStateServiceServer>(AppleDesiredStateServiceService, toPolicy);
  const bodies = new BodyReader(openBody);
  await openAppleDoor(door, {
    ingress: new TrustedIngress(config.ingressKey),
    verifier: new AppleVerifier(await readFile(config.appleCaCert)),
    accountTokens: new AccountTokenVerifier(config.nodeKeyPublic),
    origin: config.publicDeviceUrl,
    visit: visitApple({
      serve: gather({ ...GATHERED, flush: serveApple({ ...deps, seal: sealBody, bodies, sealSecret }) }),
      resolve: gather({ ...GATHERED, flush: resolveEnrollments({ database, endEarlier, askEnrollment }) }),
      saw: tellContacts({
        log,
        lifecycle,
        tell: async (tenant, contacts) =>
          void (await inventory.noteContacts({ contacts }, { tenant, actor: "command" }, { timeoutMs: 5_000 })),
      }),
      now,
    }),
    fill: fillCommand({ escrow: enrollment, secrets, policy: desired }),
    now,
  });
  await openDevicePageDoor(door, { ...deps, failingPolicies: failingPolicies(policy, log), makeOwnerLink });
  openOrbitSockets(door, { verifier, isCurrent, channels: sockets, log });
  await openHttpDoor(door, config.httpPort);
  lifecycle.add("held channels", () => {
    streams.close();
    sockets.close();
  });
});
