import type { Row } from "@muster/contracts/gen/muster/inventory/v1/device";
import { Verdict } from "@muster/contracts/gen/muster/policy/v1/policy";

/** What a policy holds of one device. */
export interface Judged {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly since: Date;
  /** The answer the verdict rests on; zero and undefined while there is none. */
  readonly answerRevision: number;
  readonly answerVersion: number;
  readonly answeredAt: Date | undefined;
  readonly evidence: readonly Row[];
  /** The command that is to mend the failing episode that lasts; it ends with a pass. */
  readonly remediationCommandId: string | undefined;
}

export interface Answer {
  readonly revision: number;
  readonly version: number;
  readonly rowCount: number;
  readonly rows: readonly Row[];
  /** Why the device could not answer; empty when it did. */
  readonly error: string;
  readonly answeredAt: Date;
}

export const NOT_ASKED_YET = "not asked yet";
const TOO_OLD = "the last answer is too old";

const MAX_EVIDENCE_ROWS = 10;

/** A device that was not asked is unknown, never well. */
export const unasked = (now: Date): Judged => ({
  verdict: Verdict.VERDICT_UNKNOWN,
  reason: NOT_ASKED_YET,
  since: now,
  answerRevision: 0,
  answerVersion: 0,
  answeredAt: undefined,
  evidence: [],
  remediationCommandId: undefined,
});

/**
 * What is held after an answer, or nothing when the answer says nothing new: it is to an older question than the policy
 * asks, or older than the answer held.
 */
export function judge(held: Judged, answer: Answer, questionRevision: number): Judged | undefined {
  if (answer.revision < questionRevision || answer.revision < held.answerRevision) return undefined;
  if (answer.revision === held.answerRevision && answer.version <= held.answerVersion) return undefined;
  const verdict = verdictOf(answer);
  return {
    verdict,
    reason: answer.error,
    since: verdict === held.verdict ? held.since : answer.answeredAt,
    answerRevision: answer.revision,
    answerVersion: answer.version,
    answeredAt: answer.answeredAt,
    evidence: answer.rows.slice(0, MAX_EVIDENCE_ROWS),
    remediationCommandId: verdict === Verdict.VERDICT_PASS ? undefined : held.remediationCommandId,
  };
}

function verdictOf({ error, rowCount }: Answer): Verdict {
  if (error !== "") return Verdict.VERDICT_UNKNOWN;
  return rowCount > 0 ? Verdict.VERDICT_PASS : Verdict.VERDICT_FAIL;
}

/** A verdict nobody confirmed for too long is believed no more; the evidence stays, to show what was known. */
export const outdated = (held: Judged, now: Date): Judged => ({
  ...held,
  verdict: Verdict.VERDICT_STALE,
  reason: TOO_OLD,
  since: now,
});

/** A failing episode begins with the first fail after a pass; silence and errors in between do not begin another. */
export const beginsToFail = (before: Judged, after: Judged): boolean =>
  after.verdict === Verdict.VERDICT_FAIL &&
  before.verdict !== Verdict.VERDICT_FAIL &&
  after.remediationCommandId === undefined;
