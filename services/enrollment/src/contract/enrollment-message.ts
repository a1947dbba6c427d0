import { type AppleEnrollment, AppleEnrollmentKind } from "@muster/contracts/gen/muster/enrollment/v1/apple";
import {
  type Enrollment,
  Method,
  Ownership,
  Platform,
  Status,
} from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { AppleFacts } from "../domain/apple/apple-facts.ts";
import type * as domain from "../domain/claim.ts";
import type { Device } from "../domain/device.ts";

export const METHOD = {
  osquery: Method.METHOD_OSQUERY,
  orbit: Method.METHOD_ORBIT,
  agent: Method.METHOD_AGENT,
  apple: Method.METHOD_APPLE,
} as const satisfies Record<domain.Method, Method>;

export const PLATFORM = {
  unknown: Platform.PLATFORM_UNSPECIFIED,
  linux: Platform.PLATFORM_LINUX,
  macos: Platform.PLATFORM_MACOS,
  windows: Platform.PLATFORM_WINDOWS,
  chromeos: Platform.PLATFORM_CHROMEOS,
  ios: Platform.PLATFORM_IOS,
  ipados: Platform.PLATFORM_IPADOS,
  tvos: Platform.PLATFORM_TVOS,
  visionos: Platform.PLATFORM_VISIONOS,
  watchos: Platform.PLATFORM_WATCHOS,
} as const satisfies Record<domain.Platform, Platform>;

const PLATFORM_NAMES = new Map<Platform, domain.Platform>(
  Object.entries(PLATFORM).map(([name, platform]) => [platform, name as domain.Platform]),
);

/** The platform by its number in the contract; one that this release does not know is unknown. */
export const platformFrom = (platform: Platform): domain.Platform => PLATFORM_NAMES.get(platform) ?? "unknown";

export const OWNERSHIP = {
  corporate: Ownership.OWNERSHIP_CORPORATE,
  personal: Ownership.OWNERSHIP_PERSONAL,
} as const satisfies Record<domain.Ownership, Ownership>;

const KIND = {
  profile: AppleEnrollmentKind.APPLE_ENROLLMENT_KIND_PROFILE,
  over_the_air: AppleEnrollmentKind.APPLE_ENROLLMENT_KIND_OVER_THE_AIR,
  automated: AppleEnrollmentKind.APPLE_ENROLLMENT_KIND_AUTOMATED,
  account_device: AppleEnrollmentKind.APPLE_ENROLLMENT_KIND_ACCOUNT_DEVICE,
  account_user: AppleEnrollmentKind.APPLE_ENROLLMENT_KIND_ACCOUNT_USER,
} as const satisfies Record<AppleFacts["kind"], AppleEnrollmentKind>;

const STATUS = {
  enrolled: Status.STATUS_ENROLLED,
  unenrolled: Status.STATUS_UNENROLLED,
} as const satisfies Record<Device["status"], Status>;

export const ownershipFrom = (ownership: Ownership): domain.Ownership =>
  ownership === Ownership.OWNERSHIP_PERSONAL ? "personal" : "corporate";

export function statusFrom(status: Status): Device["status"] | undefined {
  if (status === Status.STATUS_UNSPECIFIED) return undefined;
  return status === Status.STATUS_ENROLLED ? "enrolled" : "unenrolled";
}

/** What names a machine, or the person whose it is. The registry knows it to tell machines apart; of a person's own nobody else does. */
const namesOf = (device: Device) =>
  device.ownership === "personal"
    ? { hostIdentifier: "", hardwareUuid: "", hardwareSerial: "", hostname: "" }
    : {
        hostIdentifier: device.hostIdentifier,
        hardwareUuid: device.hardwareUuid,
        hardwareSerial: device.hardwareSerial,
        hostname: device.hostname,
      };

/** A person's own device is known by its enrollment alone. */
function appleMessage({ apple, ownership }: Device): AppleEnrollment | undefined {
  if (apple === undefined) return undefined;
  const personal = ownership === "personal";
  return {
    enrollmentId: apple.enrollmentId,
    kind: KIND[apple.kind],
    udid: personal ? "" : apple.udid,
    userEnrollmentId: apple.userEnrollmentId,
    productName: apple.productName,
    osVersion: apple.osVersion,
    buildVersion: apple.buildVersion,
    supervised: apple.supervised,
    topic: apple.topic,
    accessRights: apple.accessRights,
    awaitingConfiguration: apple.awaitingConfiguration,
    pushReady: true,
    users: apple.users.map(({ longName, shortName, userId }) => ({
      userId,
      shortName: personal ? "" : shortName,
      longName: personal ? "" : longName,
      pushReady: true,
    })),
    managedAccount: apple.managedAccount,
    releasedByHand: apple.releasedByHand,
    attestation: apple.attested && {
      ...apple.attested,
      ...(personal && { serialNumber: "", udid: "" }),
    },
  };
}

/** A device as the contract tells it, in answers and in events alike. */
export const enrollmentMessage = (device: Device): Enrollment => ({
  deviceId: device.id,
  generations: { ...device.generations },
  version: device.version,
  status: STATUS[device.status],
  method: METHOD[device.method],
  platform: PLATFORM[device.platform],
  ownership: OWNERSHIP[device.ownership],
  ...namesOf(device),
  hardwareVendor: device.hardwareVendor,
  hardwareModel: device.hardwareModel,
  duplicateOf: device.duplicateOf ?? "",
  certificateSerial: device.certificateSerial,
  certificateNotAfter: device.certificateNotAfter,
  firstEnrolledAt: device.firstEnrolledAt,
  enrolledAt: device.enrolledAt,
  apple: appleMessage(device),
});
