import { sql, type Transaction } from "kysely";
import type { Answer } from "../domain/verdict.ts";
import type { PolicyTables } from "./tables.ts";
import { keyColumns, type VerdictKey } from "./verdicts.ts";

export interface HeardAnswer extends VerdictKey {
  readonly answer: Answer;
}

// An answer that is heard again, or late, may be older than the one that is kept.
const place = (row: "kept" | "excluded") =>
  sql`((${sql.ref(row)}.answer ->> 'revision')::int, (${sql.ref(row)}.answer ->> 'version')::bigint)`;

/** Keeps the newest answers for which no verdict is held yet; those to a policy that does not exist are of no use. */
export async function keepEarlyAnswers(
  db: Transaction<PolicyTables>,
  heard: readonly HeardAnswer[],
  now: Date,
): Promise<void> {
  const last = new Map(heard.map((each) => [`${each.tenant}\n${each.policyId}\n${each.deviceId}`, each]));
  const kept = [...last.values()];
  await sql`
    insert into early_answers as kept (tenant, policy_id, device_id, answer, heard_at)
    select n.tenant, n.policy_id, n.device_id, n.answer, ${now}
    from unnest(${keyColumns(kept)}, ${kept.map((each) => JSON.stringify(each.answer))}::jsonb[])
      as n (tenant, policy_id, device_id, answer)
    join policies p on p.tenant = n.tenant and p.id = n.policy_id
    on conflict (tenant, policy_id, device_id) do update set answer = excluded.answer, heard_at = excluded.heard_at
    where ${place("kept")} < ${place("excluded")}`.execute(db);
}

/** Takes out the answers for verdicts that are held now. */
export async function takeEarlyAnswers(
  db: Transaction<PolicyTables>,
  keys: readonly VerdictKey[],
): Promise<HeardAnswer[]> {
  const { rows } = await sql<{
    tenant: string;
    policy_id: string;
    device_id: string;
    answer: Answer & { answeredAt: string };
  }>`
    delete from early_answers where (tenant, policy_id, device_id) in (select * from unnest(${keyColumns(keys)}))
    returning tenant, policy_id, device_id, answer`.execute(db);
  return rows.map((row) => ({
    tenant: row.tenant,
    policyId: row.policy_id,
    deviceId: row.device_id,
    answer: { ...row.answer, answeredAt: new Date(row.answer.answeredAt) },
  }));
}

/** An hour is longer than one stream ever lags behind another; inventory confirms its answers anyhow. */
export async function forgetEarlyAnswers(db: Transaction<PolicyTables>, now: Date): Promise<void> {
  await sql`delete from early_answers where heard_at < ${new Date(now.getTime() - 3600_000)}`.execute(db);
}
