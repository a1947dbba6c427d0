import type { AppleEnrollment, AppleEnrollmentKind, ChallengeUse } from "../../domain/apple/apple-enrollment.ts";
import { CHALLENGE_LIFETIME_MS } from "../../domain/apple/scep-challenge.ts";
import type { Ownership } from "../../domain/claim.ts";
import { addAppleEnrollment, replaceChallenge } from "../../storage/apple-enrollments.ts";
import { findPushTopic } from "../../storage/push-topics.ts";
import { sha256 } from "../credential-hash.ts";
import type { EnrollmentWork } from "./escrow.ts";

/** What an enrollment profile is made of. */
export interface HandedProfile {
  readonly enrollmentId: string;
  readonly kind: AppleEnrollmentKind;
  /** Empty unless an account led the device here. */
  readonly managedAccount: string;
  /** The one-time challenge that gets the device its certificate. */
  readonly challenge: string;
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
}

const expiryFrom = (now: Date): Date => new Date(now.getTime() + CHALLENGE_LIFETIME_MS);

/** Begins an enrollment; nothing when one with this id has begun already. */
export async function beginEnrollment(
  work: EnrollmentWork,
  beginning: Beginning,
  { newCredential, now }: ChallengeDeps,
): Promise<HandedProfile | undefined> {
  const { challengeUse = "certificate", id, kind, managedAccount = "", ownership, tenant } = beginning;
  const { releasedByHand = false, supervised = false } = beginning;
  const [challenge, at] = [newCredential(), now()];
  const isNew = await addAppleEnrollment(work.sql, {
    tenant,
    id,
    kind,
    ownership,
    managedAccount,
    supervised,
    releasedByHand,
    challengeUse,
    challengeSha256: sha256(challenge),
    challengeExpiresAt: expiryFrom(at),
    createdAt: at,
  });
  if (!isNew) return undefined;
  const topic = await findPushTopic(work.sql, tenant, undefined);
  return { enrollmentId: id, kind, managedAccount, challenge, topic };
}

/** The same enrollment with a fresh challenge, for its first certificate or the next. */
export async function withFreshChallenge(
  work: EnrollmentWork,
  { deviceId, id, kind, managedAccount, tenant }: AppleEnrollment,
  { newCredential, now }: ChallengeDeps,
): Promise<HandedProfile> {
  const challenge = newCredential();
  await replaceChallenge(work.sql, { tenant, id }, { sha256: sha256(challenge), expiresAt: expiryFrom(now()) });
  const topic = await findPushTopic(work.sql, tenant, deviceId);
  return { enrollmentId: id, kind, managedAccount, challenge, topic };
}
