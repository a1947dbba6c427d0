import type { AcmePlace } from "../../domain/acme/acme-order.ts";
import { AcmeProblem } from "../../domain/acme/acme-problem.ts";
import type { AppleEnrollment } from "../../domain/apple/apple-enrollment.ts";
import { lockAppleEnrollment } from "../../storage/apple-enrollments.ts";
import type { EnrollmentWork } from "../apple/escrow.ts";

/** The enrollment of a place where ACME is talked, locked. It is so as long as the challenge in its profile lasts. */
export async function liveEnrollment(
  work: EnrollmentWork,
  { enrollmentId, tenant }: AcmePlace,
  now: Date,
): Promise<AppleEnrollment> {
  const enrollment = await lockAppleEnrollment(work.sql, tenant, enrollmentId);
  const isLive =
    enrollment !== undefined &&
    enrollment.identityWay !== "scep" &&
    enrollment.challengeUse === "certificate" &&
    now < enrollment.challengeExpiresAt;
  if (!isLive)
    throw new AcmeProblem("unauthorized", "no certificate is to be had here; fetch the enrollment profile anew", {
      status: 404,
    });
  return enrollment;
}
