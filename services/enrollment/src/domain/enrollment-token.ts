import type { Refusal } from "@muster/host/refusal";
import type { Ownership } from "./claim.ts";
import { refuse } from "./refusals.ts";

/** Lets agents enroll, once or a set number of times; what is kept of it is its SHA-256. */
export interface EnrollmentToken {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  readonly ownership: Ownership;
  readonly maxUses: number;
  readonly uses: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | undefined;
}

export const TOKEN_LIFETIME_MS = 24 * 3600_000;
export const MOST_TOKEN_USES = 1_000_000;

/** Why the token opens no door now; nothing when it does. */
export function tokenRefusal(token: EnrollmentToken | undefined, now: Date): Refusal | undefined {
  if (token === undefined)
    return refuse("enrollment.token_unknown", "this enrollment token is not known; ask for a new one");
  if (token.revokedAt !== undefined)
    return refuse("enrollment.token_revoked", "this enrollment token was revoked; ask for a new one");
  if (token.expiresAt <= now)
    return refuse("enrollment.token_expired", "this enrollment token has expired; ask for a new one");
  if (token.uses >= token.maxUses) {
    return refuse(
      "enrollment.token_used",
      "this enrollment token has been used as often as it allows; ask for a new one",
    );
  }
  return undefined;
}
