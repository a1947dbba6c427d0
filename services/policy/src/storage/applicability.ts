import { sql, type Transaction } from "kysely";
import { NOT_ASKED_YET } from "../domain/verdict.ts";
import type { DeviceKey } from "./devices.ts";
import type { PolicyTables } from "./tables.ts";
import { type HeldVerdict, heldVerdictOf, VERDICT_COLUMNS, type VerdictKey, type VerdictRow } from "./verdicts.ts";

/** Whether policy p applies to device d: every part of the selection that is given has to match. */
export const APPLIES = sql`(p.enabled and d.enrolled
  and (cardinality(p.device_ids) = 0 or d.id = any(p.device_ids))
  and (cardinality(p.label_ids) = 0 or d.label_ids && p.label_ids)
  and (cardinality(p.platforms) = 0 or d.platform = any(p.platforms)))`;

/** Which pairs are looked at: all policies of some devices, or all devices of one policy. */
export type Scope = { readonly devices: readonly DeviceKey[] } | { readonly tenant: string; readonly policyId: string };

const within = (scope: Scope) =>
  "devices" in scope
    ? sql`(d.tenant, d.id) in (select * from unnest(${scope.devices.map((each) => each.tenant)}::text[],
        ${scope.devices.map((each) => each.deviceId)}::text[]))`
    : sql`p.tenant = ${scope.tenant} and p.id = ${scope.policyId}`;

/** Adds an unknown verdict wherever a policy applies and none is held; returns the new ones. */
export async function addMissingVerdicts(
  db: Transaction<PolicyTables>,
  scope: Scope,
  now: Date,
): Promise<VerdictKey[]> {
  const { rows } = await sql<{ tenant: string; policy_id: string; device_id: string }>`
    insert into verdicts (tenant, policy_id, device_id, verdict, reason, since, version, answer_revision, answer_version, evidence)
    select d.tenant, p.id, d.id, 'VERDICT_UNKNOWN', ${NOT_ASKED_YET}, ${now}, nextval('verdict_versions'), 0, 0, '[]'
    from devices d join policies p on p.tenant = d.tenant
    where ${within(scope)} and ${APPLIES}
    on conflict do nothing returning tenant, policy_id, device_id`.execute(db);
  return rows.map((row) => ({ tenant: row.tenant, policyId: row.policy_id, deviceId: row.device_id }));
}

/** A verdict that is held no more, with the version of its end. */
export interface EndedVerdict extends HeldVerdict {
  readonly version: number;
  /** Whether the device is still managed, and the end therefore news of its own. */
  readonly enrolled: boolean;
}

/** Removes verdicts where the policy applies no more, and returns them. */
export async function removeEndedVerdicts(db: Transaction<PolicyTables>, scope: Scope): Promise<EndedVerdict[]> {
  const { rows } = await sql<VerdictRow & { version: string; enrolled: boolean }>`
    delete from verdicts v using policies p, devices d
    where p.tenant = v.tenant and p.id = v.policy_id and d.tenant = v.tenant and d.id = v.device_id
      and ${within(scope)} and not ${APPLIES}
    returning ${VERDICT_COLUMNS}, d.enrolled, nextval('verdict_versions') as version`.execute(db);
  return rows.map((row) => ({ ...heldVerdictOf(row), version: Number(row.version), enrolled: row.enrolled }));
}
