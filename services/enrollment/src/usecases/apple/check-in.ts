import type { Checkin } from "@muster/apple-protocol/mdm/checkin";
import { currentTrace } from "@muster/host/telemetry";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Vault } from "@muster/vault/vault";
import { claimOf, hardwareNames, isAccountDriven, keptUser } from "../../domain/apple/apple-enrollment.ts";
import { type Device, unenroll, withApple, withCertificate } from "../../domain/device.ts";
import type { LastSeen } from "../../domain/identity-decision.ts";
import { forgetChannels, saveChannel } from "../../storage/apple-channels.ts";
import { bindDevice, lockAppleEnrollment } from "../../storage/apple-enrollments.ts";
import { endSecrets } from "../../storage/escrow.ts";
import { registryWork } from "../../storage/registry.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import type { ServerVault } from "../automated/server-vault.ts";
import type { AskLastSeen } from "../ports.ts";
import { settleClaims } from "../settle-claims.ts";
import { type Attempt, untilSettled } from "../until-settled.ts";
import { type AppleVisit, type CheckinOutcome, DONE, type Visit } from "./apple-visit.ts";
import { authenticate } from "./authenticate.ts";
import type { EnrollmentWork, Escrow } from "./escrow.ts";
import { MAID, maidToken } from "./maid-token.ts";
import { type ImportVault, receiveImported } from "./receive-imported.ts";
import { wayBackOf } from "./return-to-service.ts";

export interface CheckInDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly escrow: Escrow;
  /** What other servers knew of devices. */
  readonly imports: ImportVault;
  /** The keys whose certificates Apple has. */
  readonly servers: ServerVault;
  /** Opens the networks that devices come back over. */
  readonly networks: Vault;
  /** Whether the users of a directory have channels of their own, beside local ones. */
  readonly managesDirectoryUsers: boolean;
  readonly askLastSeen: AskLastSeen;
  readonly accessRights: number;
  readonly now: () => Date;
  readonly newId: () => string;
}

/**
 * Takes one check-in. An enrollment belongs to the hardware that came first with its certificate, and to no other. Every
 * message may come again, and late.
 */
export const checkInApple =
  (deps: CheckInDeps) =>
  (visit: AppleVisit): Promise<CheckinOutcome> =>
    untilSettled(
      (seen) =>
        deps.database.system(async (work): Promise<Attempt<CheckinOutcome>> => {
          const { checkin, enrollmentId, tenant } = visit;
          const enrollment = await lockAppleEnrollment(work.sql, tenant, enrollmentId);
          const done = (value: CheckinOutcome) => ({ kind: "done", value }) as const;
          if (enrollment === undefined) return done({ kind: "refused" });
          const { hardwareId, isUserEnrollment } = checkin.sender;
          // A person's own device that says its UDID would say more than we may know; every other one has to.
          if (isUserEnrollment !== (enrollment.kind === "account_user")) return done({ kind: "refused" });
          if (enrollment.hardwareId !== undefined && enrollment.hardwareId !== hardwareId)
            return done({ kind: "refused" });
          // Nobody can sign in any more on the device of a person who is gone; that it leaves is to be known all the same.
          const isLeaving = checkin.type === "CheckOut";
          if (isAccountDriven(enrollment) && !isLeaving && !isGrantedTo(visit)) return done({ kind: "sign_in" });
          const full: Visit = { ...visit, work, enrollment, at: deps.now() };
          if (checkin.type === "Authenticate") return done(await authenticate(full));
          if (enrollment.claim === undefined) return done({ kind: "refused" });
          if (enrollment.deviceId === undefined)
            return checkin.type === "TokenUpdate" && checkin.sender.userId === ""
              ? enroll(full, deps, seen)
              : done({ kind: "refused" });
          const device = await registryWork(work).device(tenant, enrollment.deviceId);
          if (device === undefined || device.status === "unenrolled" || device.apple?.enrollmentId !== enrollmentId)
            return done({ kind: "ended" });
          return done(await hear(full, device, deps));
        }),
      deps.askLastSeen,
    );

/** Whether somebody is signed in on this very enrollment. */
const isGrantedTo = ({ enrollmentId, grant, tenant }: AppleVisit): boolean =>
  grant?.tenant === tenant && grant.enrollmentId === enrollmentId;

/** The first time that a device says how to reach it: now it is enrolled, as whoever the registry's rules say it is. */
async function enroll(
  { at, certificateNotAfter, certificateSerial, checkin, enrollment, work }: Visit,
  deps: CheckInDeps,
  seen: ReadonlyMap<string, LastSeen>,
): Promise<Attempt<CheckinOutcome>> {
  if (checkin.type !== "TokenUpdate") return { kind: "done", value: { kind: "refused" } };
  const registry = registryWork(work);
  const [settled] = await settleClaims(registry, [{ claim: claimOf(enrollment), seen }], at, deps.newId);
  if (settled === undefined) throw new Error("a claim was left unsettled");
  if (settled.kind === "ask") return settled;
  const { buildVersion = "", osVersion = "", productName = "" } = enrollment.claim ?? {};
  const device = withApple(
    withCertificate(settled.device, { serial: certificateSerial, notAfter: certificateNotAfter }),
    {
      enrollmentId: enrollment.id,
      kind: enrollment.kind,
      managedAccount: enrollment.managedAccount,
      ...hardwareNames(enrollment),
      productName,
      osVersion,
      buildVersion,
      topic: checkin.topic,
      accessRights: deps.accessRights,
      supervised: enrollment.supervised,
      awaitingConfiguration: checkin.awaitingConfiguration ?? false,
      releasedByHand: enrollment.releasedByHand,
      users: [],
      attested: enrollment.attested,
    },
  );
  await registry.saveDevices([device]);
  await bindDevice(work.sql, enrollment, device.id, certificateNotAfter);
  await forgetChannels(work.sql, device.tenant, device.id);
  // What an earlier life of the device left in escrow opens nothing any more.
  for (const kind of ["bootstrap_token", "unlock_token"] as const)
    await endSecrets(work.sql, { tenant: device.tenant, deviceId: device.id, kind }, at);
  await receiveImported(work, device, deps, at);
  for (const event of settled.events)
    registry.announce({ ...event, device } as typeof event, { trace: currentTrace() });
  await keepChannel(work, device, checkin, deps, at);
  return { kind: "done", value: DONE };
}

type TokenUpdate = Checkin & { readonly type: "TokenUpdate" };

async function keepChannel(
  work: EnrollmentWork,
  device: Device,
  { pushMagic, sender, token, topic, unlockToken }: TokenUpdate,
  { escrow }: CheckInDeps,
  at: Date,
): Promise<void> {
  const { id: deviceId, tenant } = device;
  const user = userOf(device, sender);
  const { userId } = user;
  const isNews = await saveChannel(work.sql, { tenant, deviceId, ...user, topic, token, pushMagic }, at);
  const actor = `device:${deviceId}`;
  if (unlockToken !== undefined)
    await escrow.take(work, { tenant, deviceId, kind: "unlock_token" }, unlockToken, { actor, at });
  if (!isNews) return;
  const enrollmentId = device.apple?.enrollmentId ?? "";
  const data = { deviceId, userId, enrollmentId, topic, pushReady: true };
  work.emit({ type: "muster.enrollment.v1.PushTokenChanged", tenant, deviceId, actor, data });
}

/** What an enrolled device says. */
async function hear({ at, checkin, work }: Visit, device: Device, deps: CheckInDeps): Promise<CheckinOutcome> {
  const registry = registryWork(work);
  const { id: deviceId, tenant } = device;
  const owner = { tenant, deviceId, kind: "bootstrap_token" } as const;
  const actor = `device:${deviceId}`;
  switch (checkin.type) {
    case "TokenUpdate": {
      const known = withNews(device, checkin);
      if (known !== device) {
        await registry.saveDevices([known]);
        registry.announce({ kind: "enrolled", device: known, reEnrolled: true }, { trace: currentTrace() });
      }
      await keepChannel(work, known, checkin, deps, at);
      return DONE;
    }
    case "CheckOut": {
      if (checkin.sender.userId !== "") return DONE;
      const left = unenroll(device);
      await registry.saveDevices([left]);
      await forgetChannels(work.sql, tenant, deviceId);
      registry.announce(
        { kind: "unenrolled", device: left, reason: "the device checked out" },
        { trace: currentTrace() },
      );
      return DONE;
    }
    case "SetBootstrapToken":
      if (checkin.bootstrapToken === undefined) await endSecrets(work.sql, owner, at);
      else await deps.escrow.take(work, owner, checkin.bootstrapToken, { actor, at });
      return DONE;
    case "GetBootstrapToken": {
      const found = await deps.escrow.read(work, owner, { actor, at, purpose: "the device asked for it" });
      return { kind: "bootstrap_token", token: found?.secret };
    }
    case "DeclarativeManagement": {
      const { data, endpoint, sender } = checkin;
      return { kind: "declarations", deviceId, userId: sender.userId, endpoint, data };
    }
    case "Authenticate":
      return { kind: "not_answered" };
    case "GetToken": {
      if (checkin.tokenServiceType !== MAID) return { kind: "not_answered" };
      const token = await maidToken(work, device, { vault: deps.servers, now: at, id: deps.newId() });
      return token === undefined ? { kind: "not_answered" } : { kind: "service_token", token };
    }
    case "ReturnToService":
      return {
        kind: "return",
        wayBack: await wayBackOf(work, device, { escrow: deps.escrow, vault: deps.networks, at }),
      };
    case "UserAuthenticate":
      if (!deps.managesDirectoryUsers) return { kind: "not_answered" };
      return checkin.digestResponse === "" ? { kind: "no_digest" } : DONE;
    default:
      return checkin satisfies never;
  }
}

const userOf = ({ ownership }: Device, { userId, userLongName, userShortName }: TokenUpdate["sender"]) =>
  keptUser(ownership, { userId, shortName: userShortName, longName: userLongName });

/** The device with what a TokenUpdate says that was not known; the same device when there is nothing. */
function withNews(device: Device, { awaitingConfiguration, sender }: TokenUpdate): Device {
  const { apple } = device;
  if (apple === undefined) return device;
  const isNewUser = sender.userId !== "" && !apple.users.some(({ userId }) => userId === sender.userId);
  // What the device does not say stays as it was.
  const awaiting =
    sender.userId === "" ? (awaitingConfiguration ?? apple.awaitingConfiguration) : apple.awaitingConfiguration;
  if (!isNewUser && awaiting === apple.awaitingConfiguration) return device;
  const users = isNewUser ? [...apple.users, userOf(device, sender)] : apple.users;
  return { ...withApple(device, { ...apple, users, awaitingConfiguration: awaiting }), version: device.version + 1 };
}
