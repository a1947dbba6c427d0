import type { Compliance } from "@muster/contracts/gen/muster/inventory/v1/device";
import { type RawBuilder, sql, type Transaction } from "kysely";
import type { PolicyTables } from "./tables.ts";

type Sql = Transaction<PolicyTables>;

// Over s: how many of a device's verdicts fail, are open (stale or unknown), and how many there are.
const STANDS: Readonly<Record<Compliance, RawBuilder<boolean>>> = {
  COMPLIANCE_UNSPECIFIED: sql`true`,
  COMPLIANCE_FAILING: sql`s.failing > 0`,
  COMPLIANCE_PASSING: sql`s.failing = 0 and s.open = 0 and s.verdicts > 0`,
  COMPLIANCE_UNKNOWN: sql`s.failing = 0 and (s.open > 0 or s.verdicts = 0)`,
};

/** Those of the devices that stand so with all policies in force. */
export async function standingSo(
  db: Sql,
  tenant: string,
  compliance: Compliance,
  deviceIds: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select wanted.id from unnest(${[...deviceIds]}::text[]) wanted (id), lateral (
      select count(*) filter (where v.rank = 0) as failing, count(*) filter (where v.rank in (1, 2)) as open, count(*) as verdicts
      from verdicts v join policies p on p.tenant = v.tenant and p.id = v.policy_id
      where v.tenant = ${tenant} and v.device_id = wanted.id and p.enabled
    ) s where ${STANDS[compliance]}`.execute(db);
  return rows.map(({ id }) => id);
}

/** All devices that fail a policy in force, unless there are more than that many. */
export async function allFailing(db: Sql, tenant: string, atMost: number): Promise<string[] | undefined> {
  const { rows } = await sql<{ device_id: string }>`
    select distinct failing.device_id from policies p, lateral (
      select v.device_id from verdicts v
      where v.tenant = ${tenant} and v.policy_id = p.id and v.rank = 0 limit ${atMost + 1}
    ) failing where p.tenant = ${tenant} and p.enabled limit ${atMost + 1}`.execute(db);
  return rows.length > atMost ? undefined : rows.map(({ device_id }) => device_id);
}
