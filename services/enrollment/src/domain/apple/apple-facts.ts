import type { AppleEnrollmentKind } from "./apple-enrollment.ts";
import type { AttestedDevice } from "./attested-device.ts";

/** What Apple's protocol says of a device, beside what every machine says. */
export interface AppleFacts {
  /** The enrollment that speaks for it now. */
  readonly enrollmentId: string;
  readonly kind: AppleEnrollmentKind;
  /** The managed account of an account-driven enrollment; else empty. */
  readonly managedAccount: string;
  /** Empty in a user enrollment. */
  readonly udid: string;
  /** The EnrollmentID of a user enrollment; else empty. */
  readonly userEnrollmentId: string;
  readonly productName: string;
  readonly osVersion: string;
  readonly buildVersion: string;
  readonly topic: string;
  readonly accessRights: number;
  readonly supervised: boolean;
  /** Whether the device waits in Setup Assistant until it is told that it is configured. */
  readonly awaitingConfiguration: boolean;
  /** Whether somebody has to tell it by hand. */
  readonly releasedByHand: boolean;
  readonly users: readonly AppleUser[];
  /** What its maker attested when it got the certificate that it uses; nothing where no attestation was asked for. */
  readonly attested?: AttestedDevice | undefined;
}

/** A user of a device that has a command channel of their own. */
export interface AppleUser {
  readonly userId: string;
  readonly shortName: string;
  readonly longName: string;
}
