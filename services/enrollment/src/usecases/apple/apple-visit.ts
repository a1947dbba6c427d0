import type { Checkin } from "@muster/apple-protocol/mdm/checkin";
import type { AccountGrant } from "@muster/device-identity/account-token";
import type { AppleEnrollment } from "../../domain/apple/apple-enrollment.ts";
import type { EnrollmentWork } from "./escrow.ts";
import type { WayBack } from "./return-to-service.ts";

export interface AppleVisit {
  readonly tenant: string;
  readonly enrollmentId: string;
  /** The serial number of the certificate that the device proved itself with, and when that ends. */
  readonly certificateSerial: string;
  readonly certificateNotAfter: Date;
  /** Who is signed in on the device, if it shows that somebody is. */
  readonly grant: AccountGrant | undefined;
  readonly checkin: Checkin;
}

export type CheckinOutcome =
  | { readonly kind: "done" }
  | { readonly kind: "bootstrap_token"; readonly token: Buffer | undefined }
  /** What policy answers; only it knows declarations. */
  | {
      readonly kind: "declarations";
      readonly deviceId: string;
      readonly userId: string;
      readonly endpoint: string;
      readonly data: Buffer;
    }
  /** A directory's user is managed, and no proof of the user is wanted. */
  | { readonly kind: "no_digest" }
  /** What the device shows to one of Apple's services. */
  | { readonly kind: "service_token"; readonly token: Buffer }
  /** What a device goes on with by itself after its user erased it; nothing when a person has to set it up. */
  | { readonly kind: "return"; readonly wayBack: WayBack | undefined }
  /** Its management ended; the device may be told so. */
  | { readonly kind: "ended" }
  /** A managed account led it here, and nobody is signed in with it any more. */
  | { readonly kind: "sign_in" }
  /** It is not the device that this enrollment belongs to, or speaks out of turn. */
  | { readonly kind: "refused" }
  /** The message is of a kind that this server does not answer. */
  | { readonly kind: "not_answered" };

/** A check-in of an enrollment that is held for it. */
export interface Visit extends AppleVisit {
  readonly work: EnrollmentWork;
  readonly enrollment: AppleEnrollment;
  readonly at: Date;
}

export const DONE = { kind: "done" } as const;
