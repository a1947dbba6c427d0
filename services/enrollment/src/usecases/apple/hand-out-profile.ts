import type { ServiceDatabase } from "@muster/postgres/service-database";
import { CHALLENGE_LIFETIME_MS } from "../../domain/apple/scep-challenge.ts";
import { tokenRefusal } from "../../domain/enrollment-token.ts";
import { addAppleEnrollment } from "../../storage/apple-enrollments.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import { countTokenUse, tokenByHash } from "../../storage/token-store.ts";
import { sha256 } from "../credential-hash.ts";

export interface HandedProfile {
  readonly enrollmentId: string;
  /** The one-time challenge that gets the device its certificate. */
  readonly challenge: string;
}

export interface HandOutProfileDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly newCredential: () => string;
}

/** Trades an enrollment token for the makings of an enrollment profile. Each profile that is handed out is a use. */
export const handOutProfile =
  ({ database, newCredential, newId, now }: HandOutProfileDeps) =>
  (token: string): Promise<HandedProfile> =>
    database.system(async (work) => {
      const at = now();
      const known = await tokenByHash(work.sql, sha256(token));
      const refusal = tokenRefusal(known, at);
      if (known === undefined || refusal !== undefined) throw refusal;
      const [enrollmentId, challenge] = [newId(), newCredential()];
      await addAppleEnrollment(work.sql, {
        tenant: known.tenant,
        id: enrollmentId,
        ownership: known.ownership,
        challengeSha256: sha256(challenge),
        challengeExpiresAt: new Date(at.getTime() + CHALLENGE_LIFETIME_MS),
        createdAt: at,
      });
      await countTokenUse(work.sql, known);
      return { enrollmentId, challenge };
    });
