import type { Row } from "@muster/contracts/gen/muster/inventory/v1/device";
import type { Verdict } from "@muster/contracts/gen/muster/policy/v1/policy";
import { sql, type Transaction } from "kysely";
import type { Judged } from "../domain/verdict.ts";
import type { DeviceKey } from "./devices.ts";
import type { PolicyTables } from "./tables.ts";

export interface VerdictKey extends DeviceKey {
  readonly policyId: string;
}

/** What of a policy its verdicts are told with. */
export interface PolicyBrief {
  readonly id: string;
  readonly name: string;
  readonly severity: string;
  readonly resolution: string;
  readonly remediationScriptId: string;
  readonly questionRevision: number;
}

export interface HeldVerdict extends VerdictKey {
  readonly displayName: string;
  readonly policy: PolicyBrief;
  readonly judged: Judged;
}

export interface VerdictRow {
  tenant: string;
  device_id: string;
  display_name: string;
  policy_id: string;
  policy_name: string;
  severity: string;
  resolution: string;
  remediation_script_id: string;
  question_revision: number;
  verdict: string;
  reason: string;
  since: Date;
  answer_revision: number;
  answer_version: string;
  answered_at: Date | null;
  evidence: Row[];
  remediation_command_id: string | null;
  rank: number;
}

/** The columns of a VerdictRow over verdicts v, policies p and devices d. */
export const VERDICT_COLUMNS = sql`v.tenant, v.device_id, d.display_name, p.id as policy_id, p.name as policy_name, p.severity,
  p.resolution, p.remediation_script_id, p.question_revision, v.verdict, v.reason, v.since, v.answer_revision,
  v.answer_version, v.answered_at, v.evidence, v.remediation_command_id, v.rank`;

/** Verdicts with their policy and device. */
export const VERDICTS_JOINED = sql`verdicts v join policies p on p.tenant = v.tenant and p.id = v.policy_id
  join devices d on d.tenant = v.tenant and d.id = v.device_id`;

export const heldVerdictOf = (row: VerdictRow): HeldVerdict => ({
  tenant: row.tenant,
  deviceId: row.device_id,
  policyId: row.policy_id,
  displayName: row.display_name,
  policy: {
    id: row.policy_id,
    name: row.policy_name,
    severity: row.severity,
    resolution: row.resolution,
    remediationScriptId: row.remediation_script_id,
    questionRevision: row.question_revision,
  },
  judged: {
    verdict: row.verdict as Verdict,
    reason: row.reason,
    since: row.since,
    answerRevision: row.answer_revision,
    answerVersion: Number(row.answer_version),
    answeredAt: row.answered_at ?? undefined,
    evidence: row.evidence,
    remediationCommandId: row.remediation_command_id ?? undefined,
  },
});

export const keyColumns = (keys: readonly VerdictKey[]) => sql`${keys.map((key) => key.tenant)}::text[],
  ${keys.map((key) => key.policyId)}::uuid[], ${keys.map((key) => key.deviceId)}::text[]`;

/** The verdicts that are held of these keys, locked until the transaction ends. */
export async function lockVerdicts(db: Transaction<PolicyTables>, keys: readonly VerdictKey[]): Promise<HeldVerdict[]> {
  const { rows } = await sql<VerdictRow>`
    select ${VERDICT_COLUMNS} from ${VERDICTS_JOINED}
    where (v.tenant, v.policy_id, v.device_id) in (select * from unnest(${keyColumns(keys)}))
    order by v.tenant, v.policy_id, v.device_id for update of v`.execute(db);
  return rows.map(heldVerdictOf);
}

/** The next verdicts of one policy by device, locked. */
export async function lockVerdictsOfPolicy(
  db: Transaction<PolicyTables>,
  tenant: string,
  policyId: string,
  afterDevice: string,
  limit: number,
): Promise<HeldVerdict[]> {
  const { rows } = await sql<VerdictRow>`
    select ${VERDICT_COLUMNS} from ${VERDICTS_JOINED}
    where v.tenant = ${tenant} and v.policy_id = ${policyId} and v.device_id > ${afterDevice}
    order by v.device_id limit ${limit} for update of v`.execute(db);
  return rows.map(heldVerdictOf);
}

export interface JudgedKey extends VerdictKey {
  readonly judged: Judged;
  /** Whether the verdict itself is another one than before. */
  readonly changed: boolean;
}

/** Writes what was judged; returns the verdicts' versions, in the same order. */
export async function writeVerdicts(db: Transaction<PolicyTables>, judged: readonly JudgedKey[]): Promise<number[]> {
  const column = <T>(value: (judged: Judged) => T) => judged.map((each) => value(each.judged));
  const { rows } = await sql<{ place: number; version: string }>`
    update verdicts v set verdict = n.verdict, reason = n.reason, since = n.since,
      version = case when n.changed then nextval('verdict_versions') else v.version end,
      answer_revision = n.answer_revision, answer_version = n.answer_version, answered_at = n.answered_at,
      evidence = n.evidence, remediation_command_id = n.command_id
    from unnest(${keyColumns(judged)}, ${judged.map((_, index) => index)}::int[], ${judged.map((each) => each.changed)}::boolean[],
      ${column((each) => each.verdict)}::text[], ${column((each) => each.reason)}::text[], ${column((each) => each.since)}::timestamptz[],
      ${column((each) => each.answerRevision)}::int[], ${column((each) => each.answerVersion)}::bigint[],
      ${column((each) => each.answeredAt ?? null)}::timestamptz[], ${column((each) => JSON.stringify(each.evidence))}::jsonb[],
      ${column((each) => each.remediationCommandId ?? null)}::uuid[])
      as n (tenant, policy_id, device_id, place, changed, verdict, reason, since, answer_revision, answer_version,
        answered_at, evidence, command_id)
    where v.tenant = n.tenant and v.policy_id = n.policy_id and v.device_id = n.device_id
    returning n.place, v.version`.execute(db);
  const versions = new Map(rows.map((row) => [row.place, Number(row.version)]));
  return judged.map((_, index) => versions.get(index) ?? 0);
}
