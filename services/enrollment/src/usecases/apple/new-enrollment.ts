import type { AppleEnrollment, AppleEnrollmentKind, ChallengeUse } from "../../domain/apple/apple-enrollment.ts";
import { CHALLENGE_LIFETIME_MS } from "../../domain/apple/challenge.ts";
import type { IdentityWay } from "../../domain/apple/identity-way.ts";
import type { Ownership } from "../../domain/claim.ts";
import { endAccounts } from "../../storage/acme-accounts.ts";
import { addAppleEnrollment, replaceChallenge } from "../../storage/apple-enrollments.ts";
import { findIdentityWay } from "../../storage/identity-ways.ts";
import { findPushTopic } from "../../storage/push-topics.ts";
import { sha256 } from "../credential-hash.ts";
import type { EnrollmentWork } from "./escrow.ts";

/** What an enrollment profile is made of. */
export interface HandedProfile {
  readonly enrollmentId: string;
  readonly kind: AppleEnrollmentKind;
  /** Empty unless an account led the device here. */
  readonly managedAccount: string;
  readonly tenant: string;
  /** The one-time challenge that gets the device its certificate, and over what. */
  readonly challenge: string;
  readonly identityWay: IdentityWay;
  /** The push topic; nothing for a tenant without a push certificate. */
  readonly topic: string | undefined;
}

export interface ChallengeDeps {
  readonly now: () => Date;
  readonly newCredential: () => string;
}

interface Beginning {
  readonly tenant: string;
  readonly id: string;
  readonly kind: AppleEnrollmentKind;
  readonly ownership: Ownership;
  readonly managedAccount?: string;
  readonly supervised?: boolean;
  readonly releasedByHand?: boolean;
  readonly challengeUse?: ChallengeUse;
  /** Which device it has to be, when that is known. */
  readonly expectedSerial?: string;
}

const expiryFrom = (now: Date): Date => new Date(now.getTime() + CHALLENGE_LIFETIME_MS);

/** Begins an enrollment; nothing when one with this id has begun already. */
export async function beginEnrollment(
  work: EnrollmentWork,
  beginning: Beginning,
  { newCredential, now }: ChallengeDeps,
): Promise<HandedProfile | undefined> {
  const { challengeUse = "certificate", id, kind, managedAccount = "", ownership, tenant } = beginning;
  const { expectedSerial = "", releasedByHand = false, supervised = false } = beginning;
  const [challenge, at] = [newCredential(), now()];
  const { way: identityWay } = await findIdentityWay(work.sql, tenant);
  const isNew = await addAppleEnrollment(work.sql, {
    tenant,
    id,
    kind,
    ownership,
    managedAccount,
    supervised,
    releasedByHand,
    challengeUse,
    identityWay,
    expectedSerial,
    challengeSha256: sha256(challenge),
    challengeExpiresAt: expiryFrom(at),
    createdAt: at,
  });
  if (!isNew) return undefined;
  const topic = await findPushTopic(work.sql, tenant, undefined);
  return { enrollmentId: id, tenant, kind, managedAccount, challenge, identityWay, topic };
}

/** The same enrollment with a fresh challenge, for its first certificate or the next. */
export async function withFreshChallenge(
  work: EnrollmentWork,
  { deviceId, id, kind, managedAccount, tenant }: AppleEnrollment,
  { newCredential, now }: ChallengeDeps,
): Promise<HandedProfile> {
  const challenge = newCredential();
  const { way } = await findIdentityWay(work.sql, tenant);
  await replaceChallenge(work.sql, { tenant, id }, { sha256: sha256(challenge), expiresAt: expiryFrom(now()), way });
  // What was begun with the challenge before leads to nothing any more.
  await endAccounts(work.sql, { tenant, enrollmentId: id });
  const topic = await findPushTopic(work.sql, tenant, deviceId);
  return { enrollmentId: id, tenant, kind, managedAccount, challenge, identityWay: way, topic };
}
