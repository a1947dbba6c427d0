import { isUniqueViolation } from "@muster/postgres/sqlstate";
import { sql, type Transaction } from "kysely";
import type { PolicyDraft } from "../domain/policy.ts";
import { refuse } from "../domain/refusals.ts";
import type { PoliciesTable, PolicyTables } from "./tables.ts";

/** A policy as it is held. */
export interface HeldPolicy extends PolicyDraft {
  readonly id: string;
  readonly revision: number;
  readonly questionRevision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const heldOf = (row: PoliciesTable): HeldPolicy => ({
  id: row.id,
  name: row.name,
  description: row.description,
  query: row.query,
  deviceIds: row.device_ids,
  labelIds: row.label_ids,
  platforms: row.platforms,
  severity: row.severity,
  resolution: row.resolution,
  intervalSeconds: row.interval_seconds,
  remediationScriptId: row.remediation_script_id,
  enabled: row.enabled,
  revision: row.revision,
  questionRevision: row.question_revision,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

const rowOf = (tenant: string, policy: HeldPolicy): PoliciesTable => ({
  tenant,
  id: policy.id,
  name: policy.name,
  description: policy.description,
  query: policy.query,
  device_ids: [...policy.deviceIds],
  label_ids: [...policy.labelIds],
  platforms: [...policy.platforms],
  severity: policy.severity,
  resolution: policy.resolution,
  interval_seconds: policy.intervalSeconds,
  remediation_script_id: policy.remediationScriptId,
  enabled: policy.enabled,
  revision: policy.revision,
  question_revision: policy.questionRevision,
  created_at: policy.createdAt,
  updated_at: policy.updatedAt,
});

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export async function findPolicy(db: Transaction<PolicyTables>, tenant: string, id: string): Promise<HeldPolicy> {
  const row = UUID.test(id)
    ? await db.selectFrom("policies").selectAll().where("tenant", "=", tenant).where("id", "=", id).executeTakeFirst()
    : undefined;
  if (row === undefined) throw refuse("policy.unknown", `there is no policy ${id}`);
  return heldOf(row);
}

export async function listPolicies(db: Transaction<PolicyTables>, tenant: string): Promise<HeldPolicy[]> {
  const rows = await db.selectFrom("policies").selectAll().where("tenant", "=", tenant).orderBy("name").execute();
  return rows.map(heldOf);
}

/** Writes a new policy or a changed one; refused when another one has the name. */
export async function savePolicy(db: Transaction<PolicyTables>, tenant: string, policy: HeldPolicy): Promise<void> {
  const row = rowOf(tenant, policy);
  try {
    await db
      .insertInto("policies")
      .values(row)
      .onConflict((conflict) => conflict.columns(["tenant", "id"]).doUpdateSet(row))
      .execute();
  } catch (cause) {
    if (!isUniqueViolation(cause, "policies_name")) throw cause;
    throw refuse("policy.name_taken", `there is a policy "${policy.name}" already`, { cause });
  }
}

export async function deletePolicy(db: Transaction<PolicyTables>, tenant: string, id: string): Promise<void> {
  await db.deleteFrom("policies").where("tenant", "=", tenant).where("id", "=", id).execute();
}

export interface VerdictCounts {
  readonly pass: number;
  readonly fail: number;
  readonly unknown: number;
  readonly stale: number;
}

const NONE: VerdictCounts = { pass: 0, fail: 0, unknown: 0, stale: 0 };

/** How many devices each policy has by verdict, in one pass over the index. */
export async function countVerdicts(
  db: Transaction<PolicyTables>,
  tenant: string,
  policyIds: readonly string[],
): Promise<(policyId: string) => VerdictCounts> {
  const { rows } = await sql<VerdictCounts & { policy_id: string }>`
    select policy_id,
      (count(*) filter (where rank = 0))::int as fail, (count(*) filter (where rank = 1))::int as stale,
      (count(*) filter (where rank = 2))::int as unknown, (count(*) filter (where rank = 3))::int as pass
    from verdicts where tenant = ${tenant} and policy_id = any(${policyIds}::uuid[]) group by policy_id`.execute(db);
  const counts = new Map(rows.map((row) => [row.policy_id, row]));
  return (policyId) => counts.get(policyId) ?? NONE;
}
