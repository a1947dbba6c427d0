import type { Identity } from "../crypto/certificate.ts";
import type { Plist } from "../plist/plist-value.ts";
import type { MdmConnection } from "../wire/mdm-connection.ts";
import type { EnrollmentProfile } from "./enrollment-profile.ts";

/** Under whose management a device is, and as whom it speaks there. */
export interface ActiveEnrollment {
  readonly profile: EnrollmentProfile;
  readonly identity: Identity;
  /** `UDID`, or `EnrollmentID` alone where the device stays its owner's. */
  readonly ids: Plist;
  readonly connection: MdmConnection;
}
