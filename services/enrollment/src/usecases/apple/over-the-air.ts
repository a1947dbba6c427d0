import type { ServiceDatabase } from "@muster/postgres/service-database";
import { isChallengeGood } from "../../domain/apple/challenge.ts";
import { refuse } from "../../domain/refusals.ts";
import { bindHardware, lockAppleEnrollment, lockByChallenge } from "../../storage/apple-enrollments.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import { sha256 } from "../credential-hash.ts";
import { type ChallengeDeps, type HandedProfile, withFreshChallenge } from "./new-enrollment.ts";

/** What a device says in a phase, and who signed it. */
export type PhaseAnswer =
  /** Its maker vouches for it. */
  | { readonly signer: "maker"; readonly udid: string; readonly challenge: string }
  /** It holds the certificate that the phase before brought. */
  | { readonly signer: "ours"; readonly udid: string; readonly tenant: string; readonly enrollmentId: string };

export interface OverTheAirDeps extends ChallengeDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
}

const notIts = () =>
  refuse("apple.wrong_phase", "this device has no enrollment over the air that is under way; begin again");

/**
 * Takes one phase of enrollment over the air. The first binds the enrollment to the device that its maker vouches for and
 * leads to a certificate; in the next the device shows that certificate and gets the enrollment profile.
 */
export const answerPhase =
  (deps: OverTheAirDeps) =>
  (answer: PhaseAnswer): Promise<HandedProfile> =>
    deps.database.system(async (work) => {
      const enrollment =
        answer.signer === "maker"
          ? await lockByChallenge(work.sql, sha256(answer.challenge))
          : await lockAppleEnrollment(work.sql, answer.tenant, answer.enrollmentId);
      if (enrollment?.kind !== "over_the_air" || enrollment.deviceId !== undefined) throw notIts();
      if (answer.signer === "ours") {
        if (enrollment.hardwareId !== answer.udid) throw notIts();
      } else {
        if (enrollment.challengeUse !== "phase" || !isChallengeGood(enrollment, deps.now())) throw notIts();
        await bindHardware(work.sql, enrollment, answer.udid, undefined);
      }
      return withFreshChallenge(work, enrollment, deps);
    });
