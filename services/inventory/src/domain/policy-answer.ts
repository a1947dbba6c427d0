import { mayDo } from "./owner/deeds.ts";
import { capRows, digestOf, type OsqueryRow } from "./rows.ts";

const MAX_EVIDENCE_ROWS = 10;
const MAX_EVIDENCE_BYTES = 16 * 1024;
/** An unchanged answer is confirmed this often, so that a verdict that nobody confirms is known to be stale. */
export const CONFIRM_AFTER_MS = 6 * 3600_000;

export interface PolicyAnswer {
  readonly rowCount: number;
  readonly evidence: readonly OsqueryRow[];
  readonly error: string;
  /** A digest of all that is told of it. */
  readonly outcome: string;
}

/** What is told of an answer to a policy's question; of a personal device, only whether there were rows. */
export function policyAnswer(rows: readonly OsqueryRow[], error: string, personal: boolean): PolicyAnswer {
  const whole = mayDo("policy_evidence", personal);
  const rowCount = whole ? rows.length : Math.min(rows.length, 1);
  const evidence = whole ? capRows(rows, MAX_EVIDENCE_ROWS, MAX_EVIDENCE_BYTES).rows : [];
  return { rowCount, evidence, error, outcome: digestOf(JSON.stringify([error, rowCount > 0, evidence])) };
}

/** Whether an answer is news: another revision or outcome, or the last telling is long ago. */
export const isNews = (
  last: { readonly revision: number; readonly outcome: string; readonly publishedAt: Date } | undefined,
  revision: number,
  outcome: string,
  now: Date,
): boolean =>
  last === undefined ||
  revision > last.revision ||
  (revision === last.revision &&
    (outcome !== last.outcome || now.getTime() - last.publishedAt.getTime() >= CONFIRM_AFTER_MS));
