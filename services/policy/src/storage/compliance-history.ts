import type { ComplianceAt, ListComplianceHistoryRequest } from "@muster/contracts/gen/muster/policy/v1/policy_service";
import { historySpan, hourOf } from "@muster/host/history-span";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import { allowScans } from "@muster/postgres/tenant-dialect";
import { sql, type Transaction } from "kysely";
import type { PolicyTables } from "./tables.ts";

const KEPT_MS = 400 * 24 * 3_600_000;

/** Counts all verdicts, once in each hour however many replicas ask for it and however often. */
export async function countThisHour(database: ServiceDatabase<PolicyTables>, now: Date): Promise<void> {
  const at = hourOf(now);
  await database.system(async (work) => {
    const { rows } = await sql<{ due: boolean }>`
      select pg_try_advisory_xact_lock(hashtext('policy.compliance_history'))
        and not exists (select 1 from compliance_history where at = ${at}) as due`.execute(work.sql);
    if (rows[0]?.due !== true) return;
    await allowScans(work.sql);
    await sql`
      insert into compliance_history (tenant, at, pass, fail, unknown, stale, policies, failing_policies)
      select tenant, ${at}, sum(pass), sum(fail), sum(unknown), sum(stale), count(*), count(*) filter (where fail > 0)
      from (
        select v.tenant, v.policy_id, count(*) filter (where rank = 0) as fail, count(*) filter (where rank = 1) as stale,
          count(*) filter (where rank = 2) as unknown, count(*) filter (where rank = 3) as pass
        from verdicts v join policies p on p.tenant = v.tenant and p.id = v.policy_id
        where p.enabled group by 1, 2) by_policy
      group by tenant
      on conflict do nothing`.execute(work.sql);
    await sql`delete from compliance_history where at < ${new Date(at.getTime() - KEPT_MS)}`.execute(work.sql);
  });
}

interface HistoryRow {
  at: Date;
  pass: string;
  fail: string;
  unknown: string;
  stale: string;
  policies: number;
  failing_policies: number;
}

/** The counts as they were, oldest first: hour by hour, and over a longer span the last of each day. */
export async function listComplianceHistory(
  db: Transaction<PolicyTables>,
  tenant: string,
  request: ListComplianceHistoryRequest,
  now: Date,
): Promise<ComplianceAt[]> {
  const { start, end, unit } = historySpan(request, now);
  const wanted = sql`from compliance_history where tenant = ${tenant} and at >= ${start} and at <= ${end}`;
  const { rows } = await (unit === "day"
    ? sql<HistoryRow>`select distinct on (date_trunc('day', at, 'UTC')) * ${wanted}
        order by date_trunc('day', at, 'UTC'), at desc`
    : sql<HistoryRow>`select * ${wanted} order by at`
  ).execute(db);
  return rows.map(({ at, pass, fail, unknown, stale, policies, failing_policies }) => ({
    at,
    passCount: Number(pass),
    failCount: Number(fail),
    unknownCount: Number(unknown),
    staleCount: Number(stale),
    policyCount: policies,
    failingPolicyCount: failing_policies,
  }));
}
