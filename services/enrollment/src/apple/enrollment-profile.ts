import { scepPayload } from "@muster/apple-protocol/mdm/identity-payloads";
import { mdmPayload } from "@muster/apple-protocol/mdm/mdm-payload";
import { writeProfile } from "@muster/apple-protocol/mdm/profile";
import { v5 as uuidFromName } from "uuid";
import type { HandedProfile } from "../usecases/apple/hand-out-profile.ts";

export interface ProfileSettings {
  /** The public origin of the device doors. */
  readonly origin: string;
  readonly topic: string;
  /** SHA-256 of the CA's certificate. */
  readonly caSha256: Buffer;
}

/** One identifier for all: a profile with it replaces the one before, which is how an identity is renewed. */
const IDENTIFIER = "muster.enrollment";

/** The profile that puts a device under management (com.apple.mdm with com.apple.security.scep), not signed. */
export function enrollmentProfile({ challenge, enrollmentId }: HandedProfile, settings: ProfileSettings): Buffer {
  const { caSha256, origin, topic } = settings;
  const uuid = (part: string): string => uuidFromName(part, enrollmentId).toUpperCase();
  const identity = scepPayload({
    identifier: `${IDENTIFIER}.identity`,
    uuid: uuid("identity"),
    displayName: "Device identity",
    url: `${origin}/apple/scep`,
    subject: [["CN", enrollmentId]],
    challenge,
    caFingerprint: caSha256,
  });
  const management = mdmPayload({
    identifier: `${IDENTIFIER}.management`,
    uuid: uuid("management"),
    displayName: "Device management",
    identityUuid: uuid("identity"),
    topic,
    serverUrl: `${origin}/apple/connect`,
    checkInUrl: `${origin}/apple/checkin`,
    serverCapabilities: ["com.apple.mdm.per-user-connections", "com.apple.mdm.bootstraptoken"],
    checksOut: true,
  });
  return writeProfile({
    identifier: IDENTIFIER,
    uuid: uuid("profile"),
    displayName: "Muster",
    description: "Lets your organisation manage this device",
    scope: "System",
    payloads: [identity, management],
  });
}
