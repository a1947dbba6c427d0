import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BackboneServiceService } from "@muster/contracts/gen/muster/backbone/v1/backbone_service";
import { AccountSignInServiceService } from "@muster/contracts/gen/muster/enrollment/v1/account_service";
import { AppleIdentityServiceService } from "@muster/contracts/gen/muster/enrollment/v1/apple_identity_service";
import { AppleDeviceServiceService } from "@muster/contracts/gen/muster/enrollment/v1/apple_service";
import { AutomatedEnrollmentServiceService } from "@muster/contracts/gen/muster/enrollment/v1/automated_enrollment_service";
import { BusinessManagerServiceService } from "@muster/contracts/gen/muster/enrollment/v1/business_manager_service";
import { EnrollmentServiceService } from "@muster/contracts/gen/muster/enrollment/v1/enrollment_service";
import { AppleImportServiceService } from "@muster/contracts/gen/muster/enrollment/v1/import_service";
import { SecretServiceService } from "@muster/contracts/gen/muster/enrollment/v1/secret_service";
import { AppleDesiredStateServiceService } from "@muster/contracts/gen/muster/policy/v1/apple_service";
import { accountTokens } from "@muster/device-identity/account-token";
import { AppleVerifier } from "@muster/device-identity/apple-identity";
import { NodeKeySigner } from "@muster/device-identity/node-key";
import { createHttpDoor, openHttpDoor } from "@muster/host/http-door";
import { TrustedIngress } from "@muster/host/ingress";
import { repeat } from "@muster/host/repeat";
import { runService } from "@muster/host/service";
import { openBackbone } from "@muster/postgres/backbone";
import { listen } from "@muster/postgres/listen";
import { backboneMethods } from "@muster/postgres/parked/backbone-methods";
import { clientOf } from "@muster/rpc/client";
import { openRpc } from "@muster/rpc/open-rpc";
import { Vault } from "@muster/vault/vault";
import { v7 as newId } from "uuid";
import { abmClient } from "./abm/abm-client.ts";
import { readServerToken } from "./abm/server-token.ts";
import { openAcmeDoors } from "./acme/acme-doors.ts";
import { addAgentRoutes } from "./agent/agent-routes.ts";
import { openAppleDoors } from "./apple/apple-doors.ts";
import { askDeclarations, fetchContent } from "./apple/declarations.ts";
import { enrollmentProfile } from "./apple/enrollment-profile.ts";
import { signedProfile } from "./apple/signed-profile.ts";
import { appleAuthority } from "./ca/apple-authority.ts";
import { readAuthorityFiles } from "./ca/authority-files.ts";
import { deviceAuthority } from "./ca/device-authority.ts";
import { readDeviceMakers } from "./ca/device-makers.ts";
import { makeServerCertificate } from "./ca/server-certificate.ts";
import { readTrustedCertificates } from "./ca/trusted-certificates.ts";
import { readConfig } from "./config.ts";
import { serialNumber } from "./domain/serial-number.ts";
import { onCommand } from "./events/on-command.ts";
import { accountMethods } from "./grpc/account-methods.ts";
import { appleMethods } from "./grpc/apple-methods.ts";
import { automatedMethods } from "./grpc/automated-methods.ts";
import { businessManagerMethods } from "./grpc/business-manager-methods.ts";
import { enrollmentMethods } from "./grpc/enrollment-methods.ts";
import { identityWayMethods } from "./grpc/identity-way-methods.ts";
import { importMethods } from "./grpc/import-methods.ts";
import { lastSeenByInventory } from "./grpc/last-seen.ts";
import { secretMethods } from "./grpc/secret-methods.ts";
import { openIdProvider } from "./oidc/openid-provider.ts";
import { addOrbitRoutes } from "./orbit/orbit-routes.ts";
import { addOsqueryRoutes } from "./osquery/osquery-routes.ts";
import { postgresRegistry } from "./storage/registry.ts";
import type { EnrollmentDatabase } from "./storage/tables.ts";
import { enrollByAccount } from "./usecases/accounts/enroll-by-account.ts";
import { SignInKeeper } from "./usecases/accounts/keep-sign-ins.ts";
import { AccountSignIns } from "./usecases/accounts/sign-in.ts";
import { AcmeAccounts } from "./usecases/acme/acme-accounts.ts";
import { AcmeOrders } from "./usecases/acme/acme-orders.ts";
import { askRenewal, askRenewals } from "./usecases/apple/ask-renewals.ts";
import { checkInApple } from "./usecases/apple/check-in.ts";
import { Escrow } from "./usecases/apple/escrow.ts";
import { EscrowKeys } from "./usecases/apple/escrow-keys.ts";
import { handOutProfile } from "./usecases/apple/hand-out-profile.ts";
import { importDevice } from "./usecases/apple/import-devices.ts";
import { issueByScep } from "./usecases/apple/issue-by-scep.ts";
import { answerPhase } from "./usecases/apple/over-the-air.ts";
import { ImportVault } from "./usecases/apple/receive-imported.ts";
import { renewProfile } from "./usecases/apple/renew-profile.ts";
import { returnProfile } from "./usecases/apple/return-profile.ts";
import { beginAutomated } from "./usecases/automated/begin-automated.ts";
import { ServerVault } from "./usecases/automated/server-vault.ts";
import { syncServers } from "./usecases/automated/sync-servers.ts";
import { createEnrollSecret } from "./usecases/create-enroll-secret.ts";
import { createEnrollmentToken, rotateEnrollmentToken } from "./usecases/create-enrollment-token.ts";
import { enrollAgent } from "./usecases/enroll-agent.ts";
import { enrollHost } from "./usecases/enroll-host.ts";
import { guard } from "./usecases/guard.ts";
import { renewIdentity } from "./usecases/renew-identity.ts";
import { reportRefusal } from "./usecases/report-refusal.ts";
import { unenroll } from "./usecases/unenroll.ts";

/** AccessRights of our profiles: everything there is. */
const ALL_RIGHTS = 8_191;
/** How often is looked for a server that is to be synchronized with Apple. */
const LOOK_FOR_DUE_MS = 5_000;

const RENEWALS_MS = 15 * 60_000;

await runService("enrollment", async (host) => {
  const { log, lifecycle, env } = host;
  const config = readConfig(env);
  const rpc = await openRpc(host, config);
  const now = () => new Date();
  const newCredential = () => randomBytes(24).toString("base64url");
  const signer = new NodeKeySigner(config.nodeKeyPrivate);
  const files = await readAuthorityFiles(config.deviceCaCert, config.deviceCaKey);
  const authority = await deviceAuthority({ ...files, randomBytes });

  const { bus, database } = await openBackbone<EnrollmentDatabase>(host, join(import.meta.dirname, "../migrations"));
  const registry = postgresRegistry(database);
  const inventory = rpc.channelTo("inventory", config.inventoryGrpc);
  const askLastSeen = lastSeenByInventory(inventory, log);

  const grpc = rpc.server;
  grpc.offer(
    EnrollmentServiceService,
    enrollmentMethods({
      registry,
      createEnrollSecret: createEnrollSecret({ registry, now, newId, newCredential }),
      createEnrollmentToken: createEnrollmentToken({ registry, now, newId, newCredential }),
      rotateEnrollmentToken: rotateEnrollmentToken({ registry, now, newId, newCredential }),
      unenroll: unenroll(registry),
      askRenewal: askRenewal({ database, now, newId }),
      now,
    }),
  );
  grpc.offer(BackboneServiceService, backboneMethods(database, "enrollment"));
  const vault = new Vault(config.masterKey);
  const escrow = new Escrow({ vault, newId, randomBytes });
  const stopping = new AbortController();
  const pause = (ms: number) => delay(ms, undefined, { signal: stopping.signal });
  const automated = {
    database,
    vault: new ServerVault(vault),
    networks: vault,
    openAbm: abmClient({
      origin: config.abmUrl,
      nonce: newId,
      pause,
      chance: Math.random,
      now,
    }),
    readToken: readServerToken,
    pause,
    makeCertificate: (name: string, at: Date) => makeServerCertificate(name, serialNumber(randomBytes), at),
    addressOf: (door: string) => `${config.publicDeviceUrl}/apple/ade/${door}`,
    chance: Math.random,
    stopping: stopping.signal,
    now,
    newId,
    newCredential,
    log,
  };
  const work = syncServers(automated);
  const soon = repeat({ name: "automated enrollment", everyMs: LOOK_FOR_DUE_MS, log, lifecycle, work });
  lifecycle.add("talks with Apple", () => stopping.abort());
  grpc.offer(AutomatedEnrollmentServiceService, automatedMethods({ ...automated, soon }));
  grpc.offer(
    BusinessManagerServiceService,
    businessManagerMethods({
      ...automated,
      escrow,
      randomBytes,
      approvalAbove: config.approvalAbove,
      discoveryUrl: `${config.publicDeviceUrl}/.well-known/com.apple.remotemanagement`,
    }),
  );
  const appleFiles = await readAuthorityFiles(config.appleCaCert, config.appleCaKey, {
    certificate: "MUSTER_APPLE_CA_CERT",
    key: "MUSTER_APPLE_CA_KEY",
  });
  const apple = appleAuthority({ ...appleFiles, randomBytes });
  const settings = { origin: config.publicDeviceUrl, topic: config.applePushTopic, caSha256: apple.sha256 };
  const challenges = { database, now, newCredential };
  const nextProfile = renewProfile(challenges);
  const wayBack = returnProfile({ ...challenges, newId });
  const escrowKeys = new EscrowKeys({ database, vault, randomBytes, now });
  grpc.offer(
    AppleDeviceServiceService,
    appleMethods({
      database,
      escrow,
      escrowKeys,
      now,
      issueReturnProfile: async (tenant, deviceId) =>
        signedProfile(apple, enrollmentProfile(await wayBack(tenant, deviceId), settings), now()),
      renewalProfile: async (tenant, deviceId, commandId) =>
        signedProfile(apple, enrollmentProfile(await nextProfile(tenant, deviceId, commandId), settings), now()),
    }),
  );
  grpc.offer(SecretServiceService, secretMethods({ database, escrow, escrowKeys, now }));
  const imports = new ImportVault(vault);
  grpc.offer(
    AppleImportServiceService,
    importMethods({ database, importDevice: importDevice({ database, escrow, imports, now, newId }) }),
  );
  const attestationRoots = await readTrustedCertificates(
    config.appleAttestationRoots,
    "MUSTER_APPLE_ATTESTATION_ROOTS",
  );
  grpc.offer(
    AppleIdentityServiceService,
    identityWayMethods({ database, canAttest: attestationRoots.length > 0, now }),
  );
  const signInKeeper = new SignInKeeper({ database, vault, issuers: config.oidcIssuers, now, newId });
  grpc.offer(AccountSignInServiceService, accountMethods(signInKeeper));
  const renewals = { database, now, newId };
  repeat({ name: "renewals", everyMs: RENEWALS_MS, log, lifecycle, work: askRenewals(renewals) });
  const acmeAccounts = new AcmeAccounts({ database, now, newCredential });
  repeat({ name: "acme", everyMs: RENEWALS_MS, log, lifecycle, work: () => acmeAccounts.sweep() });
  const grpcPort = await grpc.open();
  listen({ bus, database, consumer: "enrollment-command", log, lifecycle, apply: onCommand(escrow, now) });

  const door = createHttpDoor({ log, lifecycle, bodyLimit: 1024 * 1024 });
  const tellRefusal = reportRefusal(registry, log);
  const guarded = {
    ingress: new TrustedIngress(config.ingressKey),
    signer,
    guard: guard({
      reportRefusal: tellRefusal,
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
  const policy = clientOf(AppleDesiredStateServiceService, rpc.channelTo("policy", config.policyGrpc));
  await openAppleDoors(door, {
    authority: apple,
    askDeclarations: askDeclarations(policy),
    fetchContent: fetchContent(policy, database),
    verifier: new AppleVerifier(apple.certificate),
    issue: issueByScep({ database, issue: apple.issue, now }),
    legacy: config.appleScepLegacy,
    ingress: guarded.ingress,
    settings,
    vault,
    signIns: new AccountSignIns({
      database,
      vault,
      provider: openIdProvider(`${config.publicDeviceUrl}/apple/account/callback`),
      now,
      newId,
    }),
    enrollByAccount: enrollByAccount(challenges),
    accountTokens: accountTokens(config.nodeKeyPrivate),
    makers: await readDeviceMakers(config.appleDeviceRoots),
    answerPhase: answerPhase(challenges),
    beginAutomated: beginAutomated({ ...challenges, newId }),
    reportRefusal: tellRefusal,
    handOutProfile: handOutProfile({ ...challenges, newId }),
    checkIn: checkInApple({
      servers: automated.vault,
      networks: vault,
      managesDirectoryUsers: config.appleDirectoryUsers,
      database,
      escrow,
      imports,
      askLastSeen,
      accessRights: ALL_RIGHTS,
      now,
      newId,
    }),
    now,
  });
  await openAcmeDoors(door, {
    accounts: acmeAccounts,
    orders: new AcmeOrders({ database, vault, attestationRoots, issue: apple.issue, now, newId, newCredential }),
    origin: config.publicDeviceUrl,
    authority: apple.certificate,
    ingress: guarded.ingress,
    reportRefusal: tellRefusal,
    now,
  });
  const httpPort = await openHttpDoor(door, config.httpPort);
  log.info({ httpPort, grpcPort }, "doors open");
});
