import type { Ownership } from "../domain/claim.ts";
import { type EnrollSecret, LONGEST_SECRET, SHORTEST_SECRET } from "../domain/enroll-secret.ts";
import { refuse } from "../domain/refusals.ts";
import { requireFuture, requireName } from "./credential-fields.ts";
import { sha256 } from "./credential-hash.ts";
import type { Registry } from "./ports.ts";

interface NewSecret {
  readonly tenant: string;
  readonly name: string;
  /** Empty when one is to be made. */
  readonly secret: string;
  readonly ownership: Ownership;
  readonly expiresAt: Date | undefined;
}

export interface CredentialDeps {
  readonly registry: Registry;
  readonly now: () => Date;
  readonly newId: () => string;
  /** A text that nobody can guess. */
  readonly newCredential: () => string;
}

export type CreateEnrollSecret = (
  wanted: NewSecret,
) => Promise<{ readonly entry: EnrollSecret; readonly secret: string }>;

/** Keeps the hash of a new shared secret and answers the secret itself, this once. */
export function createEnrollSecret({ registry, now, newId, newCredential }: CredentialDeps): CreateEnrollSecret {
  return async ({ tenant, name, secret: wanted, ownership, expiresAt }) => {
    checkEnrollSecret({ name, secret: wanted, expiresAt }, now());
    const secret = wanted === "" ? newCredential() : wanted;
    const entry: EnrollSecret = {
      tenant,
      id: newId(),
      name,
      sha256: sha256(secret),
      hint: secret.slice(-4),
      ownership,
      uses: 0,
      createdAt: now(),
      expiresAt,
      revokedAt: undefined,
    };
    if (!(await registry.tenant(tenant, (work) => work.addSecret(entry)))) {
      throw secretTaken();
    }
    return { entry, secret };
  };
}

export const secretTaken = () =>
  refuse("enrollment.secret_taken", "this secret cannot be used, or was used before; leave it out to have one made");

/** Refuses what no shared secret can be like. */
export function checkEnrollSecret(
  { name, secret, expiresAt }: Pick<NewSecret, "name" | "secret" | "expiresAt">,
  now: Date,
): void {
  requireName(name);
  requireFuture(expiresAt, now);
  if (secret !== "") requireStrong(secret);
}

function requireStrong(secret: string): void {
  if (secret.length >= SHORTEST_SECRET && secret.length <= LONGEST_SECRET && /^[\x21-\x7e]+$/.test(secret)) return;
  throw refuse(
    "enrollment.weak_secret",
    `a secret has ${SHORTEST_SECRET} to ${LONGEST_SECRET} printable characters without spaces; leave it out to have one made`,
  );
}
