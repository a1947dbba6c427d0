import type { Refusal } from "@muster/host/refusal";
import type { Ownership } from "./claim.ts";
import { refuse } from "./refusals.ts";

/** A shared secret for osquery and fleetd hosts; what is kept of it is its SHA-256. */
export interface EnrollSecret {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  /** Its last four characters. */
  readonly hint: string;
  readonly ownership: Ownership;
  readonly uses: number;
  readonly createdAt: Date;
  readonly expiresAt: Date | undefined;
  readonly revokedAt: Date | undefined;
}

export const SHORTEST_SECRET = 16;
export const LONGEST_SECRET = 512;

/** Why the secret opens no door now; nothing when it does. */
export function secretRefusal(secret: EnrollSecret | undefined, now: Date): Refusal | undefined {
  if (secret === undefined) {
    return refuse(
      "enrollment.secret_unknown",
      "this enroll secret is not known; ask your administrator for the present one",
    );
  }
  if (secret.revokedAt !== undefined) {
    return refuse(
      "enrollment.secret_revoked",
      "this enroll secret was revoked; ask your administrator for the present one",
    );
  }
  if (secret.expiresAt !== undefined && secret.expiresAt <= now) {
    return refuse(
      "enrollment.secret_expired",
      "this enroll secret has expired; ask your administrator for the present one",
    );
  }
  return undefined;
}
