import type { Ownership } from "../domain/claim.ts";
import { type EnrollmentToken, MOST_TOKEN_USES, TOKEN_LIFETIME_MS } from "../domain/enrollment-token.ts";
import { refuse } from "../domain/refusals.ts";
import type { CredentialDeps } from "./create-enroll-secret.ts";
import { requireFuture, requireName } from "./credential-fields.ts";
import { sha256 } from "./credential-hash.ts";

export interface NewToken {
  readonly tenant: string;
  readonly name: string;
  readonly maxUses: number;
  readonly ownership: Ownership;
  /** In a day when it is left out. */
  readonly expiresAt: Date | undefined;
}

export type CreateEnrollmentToken = (
  wanted: NewToken,
) => Promise<{ readonly entry: EnrollmentToken; readonly token: string }>;

/** Keeps the hash of a new token and answers the token itself, this once. */
export function createEnrollmentToken({ registry, now, newId, newCredential }: CredentialDeps): CreateEnrollmentToken {
  return async ({ tenant, name, maxUses, ownership, expiresAt }) => {
    requireName(name);
    requireFuture(expiresAt, now());
    if (maxUses < 1 || maxUses > MOST_TOKEN_USES) {
      throw refuse("enrollment.bad_max_uses", `a token allows 1 to ${MOST_TOKEN_USES} enrollments`);
    }
    const token = newCredential();
    const entry: EnrollmentToken = {
      tenant,
      id: newId(),
      name,
      sha256: sha256(token),
      ownership,
      maxUses,
      uses: 0,
      createdAt: now(),
      expiresAt: expiresAt ?? new Date(now().getTime() + TOKEN_LIFETIME_MS),
      revokedAt: undefined,
    };
    await registry.tenant(tenant, (work) => work.addToken(entry));
    return { entry, token };
  };
}
