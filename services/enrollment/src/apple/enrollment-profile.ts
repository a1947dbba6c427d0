import { acmePayload, scepPayload } from "@muster/apple-protocol/mdm/identity-payloads";
import { type MdmPayload, mdmPayload } from "@muster/apple-protocol/mdm/mdm-payload";
import { writeProfile } from "@muster/apple-protocol/mdm/profile";
import { writeProfileService } from "@muster/apple-protocol/mdm/profile-service";
import { ENROLLMENT_PROFILE } from "@muster/device-identity/enrollment-profile";
import { v5 as uuidFromName } from "uuid";
import { acmeAddresses } from "../acme/addresses.ts";
import type { HandedProfile } from "../usecases/apple/new-enrollment.ts";

export interface ProfileSettings {
  /** The public origin of the device doors. */
  readonly origin: string;
  /** The push topic of tenants without a push certificate of their own. */
  readonly topic: string;
  /** SHA-256 of the CA's certificate. */
  readonly caSha256: Buffer;
}

/** One identifier for all: a profile with it replaces the one before, which is how an identity is renewed. */
const IDENTIFIER = ENROLLMENT_PROFILE;

type Handed = Pick<HandedProfile, "challenge" | "enrollmentId" | "identityWay" | "tenant">;

const uuidOf = ({ enrollmentId }: Handed, part: string): string => uuidFromName(part, enrollmentId).toUpperCase();

function identityPayload(handed: Handed, { caSha256, origin }: ProfileSettings) {
  const head = {
    identifier: `${IDENTIFIER}.identity`,
    uuid: uuidOf(handed, "identity"),
    displayName: "Device identity",
    subject: [["CN", handed.enrollmentId]],
  } as const;
  if (handed.identityWay === "scep")
    return scepPayload({ ...head, url: `${origin}/apple/scep`, challenge: handed.challenge, caFingerprint: caSha256 });
  return acmePayload({
    ...head,
    directoryUrl: acmeAddresses(origin, handed).directory,
    clientIdentifier: handed.challenge,
    // A virtual Mac and one of Intel's have no hardware whose keys their maker would attest.
    key:
      handed.identityWay === "acme_attested"
        ? { type: "hardware", bits: 384, isAttested: true }
        : { type: "RSA", bits: 2048 },
  });
}

const MODES = { account_user: "BYOD", account_device: "ADDE" } as const;

function accountOf({ kind, managedAccount }: HandedProfile): Pick<MdmPayload, "account"> {
  if (kind !== "account_user" && kind !== "account_device") return {};
  return { account: { mode: MODES[kind], managedAppleId: managedAccount } };
}

/** The profile that puts a device under management (com.apple.mdm with com.apple.security.scep or .acme), not signed. */
export function enrollmentProfile(handed: HandedProfile, settings: ProfileSettings): Buffer {
  const { origin, topic } = settings;
  const management = mdmPayload({
    identifier: `${IDENTIFIER}.management`,
    uuid: uuidOf(handed, "management"),
    displayName: "Device management",
    identityUuid: uuidOf(handed, "identity"),
    topic: handed.topic ?? topic,
    serverUrl: `${origin}/apple/connect`,
    checkInUrl: `${origin}/apple/checkin`,
    serverCapabilities: ["com.apple.mdm.per-user-connections", "com.apple.mdm.bootstraptoken", "com.apple.mdm.token"],
    checksOut: true,
    ...accountOf(handed),
  });
  return writeProfile({
    identifier: IDENTIFIER,
    uuid: uuidOf(handed, "profile"),
    displayName: "Muster",
    description: "Lets your organisation manage this device",
    scope: "System",
    payloads: [identityPayload(handed, settings), management],
  });
}

/** What enrollment over the air begins with: the device says who it is, and signs it. */
export const overTheAirProfile = (handed: Handed, { origin }: ProfileSettings): Buffer =>
  writeProfileService({
    identifier: `${IDENTIFIER}.begin`,
    uuid: uuidOf(handed, "begin"),
    displayName: "Muster",
    description: "Begins the enrollment of this device with your organisation",
    url: `${origin}/apple/ota/phase`,
    attributes: ["UDID", "VERSION", "PRODUCT", "SERIAL"],
    challenge: handed.challenge,
  });

/** The certificate alone, which a device shows to get the enrollment profile over the air. */
export const identityProfile = (handed: Handed, settings: ProfileSettings): Buffer =>
  writeProfile({
    identifier: `${IDENTIFIER}.begin`,
    uuid: uuidOf(handed, "identity profile"),
    displayName: "Muster",
    description: "Gives this device the certificate that it enrolls with",
    scope: "System",
    payloads: [identityPayload(handed, settings)],
  });
