import type { EnrollmentToken, EnrollSecret } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { OWNERSHIP } from "../contract/enrollment-message.ts";
import type * as secrets from "../domain/enroll-secret.ts";
import type * as tokens from "../domain/enrollment-token.ts";

/** The secret itself is given only where it was just made. */
export const secretMessage = (entry: secrets.EnrollSecret, secret = ""): EnrollSecret => ({
  id: entry.id,
  name: entry.name,
  secret,
  hint: entry.hint,
  ownership: OWNERSHIP[entry.ownership],
  createdAt: entry.createdAt,
  expiresAt: entry.expiresAt,
  revokedAt: entry.revokedAt,
  uses: entry.uses,
});

/** The token itself is given only where it was just made. */
export const tokenMessage = (entry: tokens.EnrollmentToken, token = ""): EnrollmentToken => ({
  id: entry.id,
  name: entry.name,
  token,
  maxUses: entry.maxUses,
  uses: entry.uses,
  ownership: OWNERSHIP[entry.ownership],
  createdAt: entry.createdAt,
  expiresAt: entry.expiresAt,
  revokedAt: entry.revokedAt,
});
