import type { AppleEnrollment } from "./apple-enrollment.ts";

/** A profile is installed within minutes of being fetched; a person may be asked for a password meanwhile. */
export const CHALLENGE_LIFETIME_MS = 3_600_000;

/** Whether a challenge is still good: it is for one certificate, and not for long. */
export const isChallengeGood = ({ challengeExpiresAt, challengeUsedAt }: AppleEnrollment, now: Date): boolean =>
  challengeUsedAt === undefined && now < challengeExpiresAt;
