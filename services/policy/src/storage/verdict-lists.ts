import type { Verdict } from "@muster/contracts/gen/muster/policy/v1/policy";
import { decodePageToken, pageSize, toPage } from "@muster/postgres/page";
import { sql, type Transaction } from "kysely";
import type { PolicyTables } from "./tables.ts";
import { type HeldVerdict, heldVerdictOf, VERDICT_COLUMNS, VERDICTS_JOINED, type VerdictRow } from "./verdicts.ts";

// The order of the generated column verdicts.rank, which the index of the list follows.
const RANK: Partial<Record<Verdict, number>> = {
  VERDICT_FAIL: 0,
  VERDICT_STALE: 1,
  VERDICT_UNKNOWN: 2,
  VERDICT_PASS: 3,
};

export interface PolicyVerdictsQuery {
  readonly policyId: string;
  /** Only this verdict; unspecified means all. */
  readonly verdict: Verdict;
  readonly pageSize: number;
  readonly pageToken: string;
}

export interface VerdictPage {
  readonly verdicts: HeldVerdict[];
  readonly nextPageToken: string;
}

/** The devices of one policy: failing first, then stale, unknown and passing. */
export async function listOfPolicy(
  db: Transaction<PolicyTables>,
  tenant: string,
  query: PolicyVerdictsQuery,
): Promise<VerdictPage> {
  const size = pageSize(query.pageSize);
  const [rank, device] = decodePageToken(query.pageToken, 2) ?? ["-1", ""];
  const only = RANK[query.verdict] ?? null;
  const { rows } = await sql<VerdictRow>`
    select ${VERDICT_COLUMNS} from ${VERDICTS_JOINED}
    where v.tenant = ${tenant} and v.policy_id = ${query.policyId}
      and (v.rank, v.device_id) > (${Number(rank) || 0}::smallint, ${device}::text)
      and (${only}::smallint is null or v.rank = ${only}::smallint)
    order by v.rank, v.device_id limit ${size + 1}`.execute(db);
  const page = toPage(rows, size, (last) => [String(last.rank), last.device_id]);
  return { verdicts: page.rows.map(heldVerdictOf), nextPageToken: page.nextPageToken };
}

/** All verdicts on one device, by the policies' names. */
export async function listOfDevice(
  db: Transaction<PolicyTables>,
  tenant: string,
  deviceId: string,
): Promise<HeldVerdict[]> {
  const { rows } = await sql<VerdictRow>`
    select ${VERDICT_COLUMNS} from ${VERDICTS_JOINED}
    where v.tenant = ${tenant} and v.device_id = ${deviceId} order by p.name`.execute(db);
  return rows.map(heldVerdictOf);
}

/** Verdicts that rest on an answer older than is believed: `staleAfterSeconds`, or four intervals of the policy. */
export async function findOutdated(
  db: Transaction<PolicyTables>,
  now: Date,
  staleAfterSeconds: number,
  limit: number,
): Promise<HeldVerdict[]> {
  const { rows } = await sql<VerdictRow>`
    select ${VERDICT_COLUMNS} from ${VERDICTS_JOINED}
    where v.verdict in ('VERDICT_PASS', 'VERDICT_FAIL')
      and v.answered_at < ${now}::timestamptz - make_interval(secs => ${staleAfterSeconds})
      and v.answered_at < ${now}::timestamptz - make_interval(secs => p.interval_seconds * 4)
    limit ${limit}`.execute(db);
  return rows.map(heldVerdictOf);
}
