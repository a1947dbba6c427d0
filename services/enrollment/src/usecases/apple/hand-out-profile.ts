import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { AppleEnrollmentKind, ChallengeUse } from "../../domain/apple/apple-enrollment.ts";
import { tokenRefusal } from "../../domain/enrollment-token.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import { countTokenUse, tokenByHash } from "../../storage/token-store.ts";
import { sha256 } from "../credential-hash.ts";
import { beginEnrollment, type ChallengeDeps, type HandedProfile } from "./new-enrollment.ts";

export interface HandOutProfileDeps extends ChallengeDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly newId: () => string;
}

export interface TokenWay {
  readonly kind: AppleEnrollmentKind;
  readonly challengeUse?: ChallengeUse;
}

/** Trades an enrollment token for the beginning of an enrollment. Each one that begins is a use. */
export const handOutProfile =
  (deps: HandOutProfileDeps) =>
  (token: string, way: TokenWay = { kind: "profile" }): Promise<HandedProfile> =>
    deps.database.system(async (work) => {
      const known = await tokenByHash(work.sql, sha256(token));
      const refusal = tokenRefusal(known, deps.now());
      if (known === undefined || refusal !== undefined) throw refusal;
      const { ownership, tenant } = known;
      const handed = await beginEnrollment(work, { tenant, id: deps.newId(), ownership, ...way }, deps);
      if (handed === undefined) throw new Error("a new id was taken already");
      await countTokenUse(work.sql, known);
      return handed;
    });
