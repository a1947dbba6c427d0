import { validate as isUuid } from "uuid";
import type { Ownership } from "../domain/claim.ts";
import { type EnrollmentToken, MOST_TOKEN_USES, TOKEN_LIFETIME_MS } from "../domain/enrollment-token.ts";
import { refuse } from "../domain/refusals.ts";
import type { CredentialDeps } from "./create-enroll-secret.ts";
import { requireFuture, requireName } from "./credential-fields.ts";
import { sha256 } from "./credential-hash.ts";

interface NewToken {
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
  return async (wanted) => {
    const { tenant, name, maxUses, ownership, expiresAt } = wanted;
    checkEnrollmentToken(wanted, now());
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

export type RotateEnrollmentToken = (tenant: string, id: string) => ReturnType<CreateEnrollmentToken>;

/** Gives a token another text, and answers it this once; the one before is useless. */
export function rotateEnrollmentToken({ registry, newCredential }: CredentialDeps): RotateEnrollmentToken {
  return async (tenant, id) => {
    const token = newCredential();
    const entry = isUuid(id)
      ? await registry.tenant(tenant, (work) => work.replaceToken(tenant, id, sha256(token)))
      : undefined;
    if (entry === undefined)
      throw refuse("enrollment.token_not_found", `there is no enrollment token "${id}" that was not revoked`);
    return { entry, token };
  };
}

/** Refuses what no token can be like. */
export function checkEnrollmentToken(
  { name, maxUses, expiresAt }: Pick<NewToken, "name" | "maxUses" | "expiresAt">,
  now: Date,
): void {
  requireName(name);
  requireFuture(expiresAt, now);
  if (maxUses < 1 || maxUses > MOST_TOKEN_USES)
    throw refuse("enrollment.bad_max_uses", `max_uses is 1 to ${MOST_TOKEN_USES}: so many enrollments a token allows`);
}
