import type { KeyObject } from "node:crypto";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { AppleEnrollment } from "../../domain/apple/apple-enrollment.ts";
import { isChallengeGood } from "../../domain/apple/challenge.ts";
import { lockAppleEnrollment, lockByChallenge, saveCertificate } from "../../storage/apple-enrollments.ts";
import { findIdentityWay } from "../../storage/identity-ways.ts";
import { registryWork } from "../../storage/registry.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import { sha256 } from "../credential-hash.ts";
import type { EnrollmentWork } from "./escrow.ts";

export interface AppleCertificate {
  /** DER. */
  readonly der: Buffer;
  readonly serial: string;
  readonly notAfter: Date;
}

/** By what a device has the right to a certificate. */
export type ScepRight =
  | { readonly kind: "challenge"; readonly challenge: string }
  /** It holds the key of a certificate that we issued for this enrollment. */
  | { readonly kind: "renewal"; readonly tenant: string; readonly enrollmentId: string };

export type IssueAppleCertificate = (
  enrollment: Pick<AppleEnrollment, "tenant" | "id">,
  publicKey: KeyObject,
  now: Date,
) => AppleCertificate;

export interface IssueDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly issue: IssueAppleCertificate;
  readonly now: () => Date;
}

/** Issues a certificate for an enrollment; nothing when the device has no right to one. A challenge is good once. */
export const issueByScep =
  ({ database, issue, now }: IssueDeps) =>
  (right: ScepRight, publicKey: KeyObject): Promise<AppleCertificate | undefined> =>
    database.system(async (work) => {
      const at = now();
      const enrollment =
        right.kind === "challenge"
          ? await lockByChallenge(work.sql, sha256(right.challenge))
          : await lockAppleEnrollment(work.sql, right.tenant, right.enrollmentId);
      if (enrollment?.identityWay !== "scep") return undefined;
      if (right.kind === "challenge" && (enrollment.challengeUse !== "certificate" || !isChallengeGood(enrollment, at)))
        return undefined;
      if (right.kind === "renewal" && !(await isRenewable(work, enrollment))) return undefined;
      const certificate = issue(enrollment, publicKey, at);
      await saveCertificate(work.sql, enrollment, certificate, right.kind === "challenge" ? at : undefined);
      return certificate;
    });

/** Whether this enrollment still speaks for its device, whose tenant has certificates renewed over SCEP. */
async function isRenewable(work: EnrollmentWork, { deviceId, id, tenant }: AppleEnrollment): Promise<boolean> {
  if (deviceId === undefined || (await findIdentityWay(work.sql, tenant)).way !== "scep") return false;
  const device = await registryWork(work).device(tenant, deviceId);
  return device?.status === "enrolled" && device.apple?.enrollmentId === id;
}
