import { sql } from "kysely";
import { isNews, type PolicyAnswer } from "../domain/policy-answer.ts";
import { column, type DeviceKey, type InventoryWork, keyOf } from "./schema.ts";

export interface NewPolicyAnswer extends DeviceKey {
  readonly policyId: string;
  readonly revision: number;
  readonly answer: PolicyAnswer;
  readonly at: Date;
}

export interface ToldPolicyAnswer extends NewPolicyAnswer {
  readonly version: number;
}

interface Last {
  tenant: string;
  device_id: string;
  policy_id: string;
  revision: number;
  outcome: string;
  published_at: Date;
}

/** Keeps the answers that are news and returns them with their versions; an unchanged answer writes nothing. */
export async function writePolicyAnswers(
  work: InventoryWork,
  answers: readonly NewPolicyAnswer[],
): Promise<ToldPolicyAnswer[]> {
  if (answers.length === 0) return [];
  const { rows: last } = await sql<Last>`
    select a.tenant, a.device_id, a.policy_id, a.revision, a.outcome, a.published_at
    from unnest(${column(answers, "tenant")}::text[], ${column(answers, "deviceId")}::uuid[],
      ${column(answers, "policyId")}::uuid[]) as n (tenant, device_id, policy_id)
    join policy_answers a using (tenant, device_id, policy_id)`.execute(work.sql);
  const known = new Map(last.map((row) => [`${row.tenant}/${row.device_id}/${row.policy_id}`, row]));
  const news = answers.filter(({ revision, answer, at, ...key }) => {
    const row = known.get(`${keyOf(key)}/${key.policyId}`);
    const before = row && { revision: row.revision, outcome: row.outcome, publishedAt: row.published_at };
    return isNews(before, revision, answer.outcome, at);
  });
  if (news.length === 0) return [];
  const outcomes = news.map(({ answer }) => answer.outcome);
  const { rows } = await sql<{ n: number; version: string }>`
    with new as (
      select * from unnest(${column(news, "tenant")}::text[], ${column(news, "deviceId")}::uuid[],
        ${column(news, "policyId")}::uuid[], ${column(news, "revision")}::int[], ${outcomes}::text[],
        ${column(news, "at")}::timestamptz[]) with ordinality as n (tenant, device_id, policy_id, revision, outcome, at, n)),
    written as (
      insert into policy_answers as a (tenant, device_id, policy_id, revision, outcome, published_at)
      select new.tenant, new.device_id, new.policy_id, new.revision, new.outcome, new.at from new
      join questions q on q.tenant = new.tenant and q.id = new.policy_id and q.revision = new.revision
      order by new.tenant, new.device_id, new.policy_id
      on conflict (tenant, device_id, policy_id) do update set revision = excluded.revision, outcome = excluded.outcome,
        version = a.version + 1, published_at = excluded.published_at
      returning tenant, device_id, policy_id, version)
    select new.n::int as n, w.version from written w join new using (tenant, device_id, policy_id)`.execute(work.sql);
  return rows.map(({ n, version }) => ({ ...(news[n - 1] as NewPolicyAnswer), version: Number(version) }));
}
