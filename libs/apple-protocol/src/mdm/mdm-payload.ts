import type { WritableDict } from "../plist/write-plist.ts";
import { type PayloadHead, payload } from "./payload.ts";

/** What a server may do to a device, each right with the one that it needs. */
export const ACCESS_RIGHTS = {
  inspectProfiles: 1,
  installProfiles: 1 | 2,
  lockAndClearPasscode: 4,
  erase: 8,
  queryDevice: 16,
  queryNetwork: 32,
  inspectProvisioningProfiles: 64,
  installProvisioningProfiles: 64 | 128,
  inspectApplications: 256,
  queryRestrictions: 512,
  querySecurity: 1024,
  changeSettings: 2048,
  manageApplications: 4096,
} as const;

export type AccessRight = keyof typeof ACCESS_RIGHTS;

export type ServerCapability =
  /** Users of a Mac and of a shared iPad have channels of their own. Neither added nor taken away by a renewal. */
  | "com.apple.mdm.per-user-connections"
  /** A Mac makes a bootstrap token and gives it into our keeping. */
  | "com.apple.mdm.bootstraptoken"
  /** The device may ask for tokens with GetToken. */
  | "com.apple.mdm.token";

export interface MdmPayload extends PayloadHead {
  /** The payload of the same profile that gets the device its certificate. */
  readonly identityUuid: string;
  /** `com.apple.mgmt.…`, the UID of the push certificate. As long as the device is enrolled it cannot change. */
  readonly topic: string;
  /** https, as all addresses are; it cannot change either. */
  readonly serverUrl: string;
  /** The server's own address when it is not given. */
  readonly checkInUrl?: string;
  /** All rights when none are given. A renewal cannot add any. A user enrollment does not look at them. */
  readonly accessRights?: readonly AccessRight[];
  readonly serverCapabilities?: readonly ServerCapability[];
  /** Whether the device says that it leaves; it tries once. */
  readonly checksOut?: boolean;
  readonly usesDevelopmentPush?: boolean;
  /** Set where a managed account led the device here. */
  readonly account?: {
    readonly mode: "BYOD" | "ADDE";
    readonly managedAppleId: string;
    /** An application of the App Store that manages the account (iTunes store identifier). */
    readonly requiredAppId?: number;
  };
  /** Certificate payloads of the same profile, one of which the server has to present. */
  readonly pinning?: {
    readonly serverUuids: readonly string[];
    readonly checkInUuids?: readonly string[];
    readonly requiresRevocationCheck?: boolean;
  };
  /** On a Mac: a person has to allow that the bootstrap token stands in for them. */
  readonly promptsForBootstrapToken?: boolean;
}

/**
 * The payload that puts a device under management (com.apple.mdm). Its device signs every message, since a proxy in
 * between may end its TLS.
 */
export const mdmPayload = (mdm: MdmPayload): WritableDict =>
  payload("com.apple.mdm", mdm, {
    IdentityCertificateUUID: mdm.identityUuid,
    Topic: mdm.topic,
    ServerURL: mdm.serverUrl,
    CheckInURL: mdm.checkInUrl,
    SignMessage: true,
    AccessRights: sumOf(mdm.accessRights ?? (Object.keys(ACCESS_RIGHTS) as AccessRight[])),
    ServerCapabilities: mdm.serverCapabilities,
    CheckOutWhenRemoved: mdm.checksOut,
    UseDevelopmentAPNS: mdm.usesDevelopmentPush,
    EnrollmentMode: mdm.account?.mode,
    AssignedManagedAppleID: mdm.account?.managedAppleId,
    RequiredAppIDForMDM: mdm.account?.requiredAppId,
    ServerURLPinningCertificateUUIDs: mdm.pinning?.serverUuids,
    CheckInURLPinningCertificateUUIDs: mdm.pinning?.checkInUuids,
    PinningRevocationCheckRequired: mdm.pinning?.requiresRevocationCheck,
    PromptUserToAllowBootstrapTokenForAuthentication: mdm.promptsForBootstrapToken,
  });

const sumOf = (rights: readonly AccessRight[]): number => rights.reduce((sum, right) => sum | ACCESS_RIGHTS[right], 0);
