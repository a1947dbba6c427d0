import {
  type Enrollment,
  Method,
  Ownership,
  Platform,
  Status,
} from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type * as domain from "../domain/claim.ts";
import type { Device } from "../domain/device.ts";

export const METHOD = {
  osquery: Method.METHOD_OSQUERY,
  orbit: Method.METHOD_ORBIT,
  agent: Method.METHOD_AGENT,
} as const satisfies Record<domain.Method, Method>;

const PLATFORM = {
  unknown: Platform.PLATFORM_UNSPECIFIED,
  linux: Platform.PLATFORM_LINUX,
  macos: Platform.PLATFORM_MACOS,
  windows: Platform.PLATFORM_WINDOWS,
  chromeos: Platform.PLATFORM_CHROMEOS,
} as const satisfies Record<domain.Platform, Platform>;

export const OWNERSHIP = {
  corporate: Ownership.OWNERSHIP_CORPORATE,
  personal: Ownership.OWNERSHIP_PERSONAL,
} as const satisfies Record<domain.Ownership, Ownership>;

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
  apple: undefined,
});
