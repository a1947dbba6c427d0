import type { DeviceClaim } from "@muster/apple-protocol/mdm/checkin";
import type { Claim, Ownership } from "../claim.ts";
import type { AppleUser } from "./apple-facts.ts";
import { platformOfProduct } from "./apple-platform.ts";
import type { AttestedDevice } from "./attested-device.ts";
import type { IdentityWay } from "./identity-way.ts";

/** The way an Apple device came under management. */
export type AppleEnrollmentKind = "profile" | "over_the_air" | "automated" | "account_device" | "account_user";

/** What a challenge opens: a certificate, or the first phase of enrollment over the air. */
export type ChallengeUse = "certificate" | "phase";

/** One enrollment profile that was handed out, and what became of it. */
export interface AppleEnrollment {
  readonly tenant: string;
  readonly id: string;
  readonly kind: AppleEnrollmentKind;
  readonly ownership: Ownership;
  /** The managed account that led the device here; empty unless one did. */
  readonly managedAccount: string;
  /** Whether the device comes out of Setup Assistant supervised. */
  readonly supervised: boolean;
  /** Whether somebody has to let the device out of Setup Assistant by hand. */
  readonly releasedByHand: boolean;
  readonly challengeUse: ChallengeUse;
  /** Over what the challenge is good for a certificate. */
  readonly identityWay: IdentityWay;
  readonly challengeSha256: string;
  readonly challengeExpiresAt: Date;
  readonly challengeUsedAt: Date | undefined;
  readonly certificateSerial: string;
  readonly certificateNotAfter: Date | undefined;
  /** The command that renews the certificate, while one is on its way. */
  readonly renewalCommandId: string | undefined;
  /** The UDID of the device that came first, or the EnrollmentID of a user enrollment. */
  readonly hardwareId: string | undefined;
  /** The serial number that the device has to have; empty when it is not known beforehand. */
  readonly expectedSerial: string;
  /** What its maker attested of the device that holds the newest certificate's key. */
  readonly attested: AttestedDevice | undefined;
  readonly claim: DeviceClaim | undefined;
  readonly deviceId: string | undefined;
}

/** Kinds of enrollment in which the device's maker says which it is. */
const VOUCHED_FOR: readonly AppleEnrollmentKind[] = ["automated", "over_the_air"];

/**
 * What an Apple device claims to be, in the registry's words. A Mac's UDID is the hardware UUID that osquery tells, so that
 * both find one device, and a virtual Mac can be copied with it; the others have a UDID of another form, which is theirs
 * alone. A user enrollment says nothing that tells the device apart from others, and comes as a new one each time.
 */
export function claimOf({ claim, hardwareId = "", kind, ownership, tenant }: AppleEnrollment): Claim {
  const { deviceName = "", modelName = "", productName = "", serialNumber = "" } = claim ?? {};
  const platform = platformOfProduct(productName);
  return {
    tenant,
    ownership,
    isUnique: platform !== "macos" || VOUCHED_FOR.includes(kind),
    method: "apple",
    platform,
    hostIdentifier: hardwareId,
    hardwareUuid: kind === "account_user" ? "" : hardwareId,
    hardwareSerial: serialNumber,
    hardwareVendor: "Apple Inc.",
    hardwareModel: modelName || productName,
    hostname: deviceName || (ownership === "personal" ? "" : hardwareId),
    instanceId: "",
  };
}

/** What is kept of a claim: of a person's own device, nothing that names it or its owner. */
export const keptClaim = (ownership: Ownership, claim: DeviceClaim): DeviceClaim =>
  ownership === "personal" ? { ...claim, deviceName: "", serialNumber: "" } : claim;

/** What is kept of a user: of a person's own device, that there is one. */
export const keptUser = (ownership: Ownership, user: AppleUser): AppleUser =>
  ownership === "personal" ? { ...user, shortName: "", longName: "" } : user;

/** By what a device is told apart: its UDID, or what stands in for it in a user enrollment. */
export const hardwareNames = ({ hardwareId = "", kind }: Pick<AppleEnrollment, "hardwareId" | "kind">) =>
  kind === "account_user" ? { udid: "", userEnrollmentId: hardwareId } : { udid: hardwareId, userEnrollmentId: "" };

/** Whether a managed account led the device here: then its requests show that somebody is signed in with it. */
export const isAccountDriven = ({ kind }: Pick<AppleEnrollment, "kind">): boolean =>
  kind === "account_device" || kind === "account_user";
