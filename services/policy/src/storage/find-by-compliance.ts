import type { Compliance } from "@muster/contracts/gen/muster/inventory/v1/device";
import { type RawBuilder, sql, type Transaction } from "kysely";
import { APPLIES } from "./applicability.ts";
import type { PolicyTables } from "./tables.ts";

type Sql = Transaction<PolicyTables>;

// Over bad: what of a device does not pass (stale and unknown ones, too), and whether one of it fails. Over judged: whether there
// is a verdict at all, which is asked only where nothing is bad; the first that is found is enough.
const STANDS: Readonly<Record<Compliance, RawBuilder<boolean>>> = {
  COMPLIANCE_UNSPECIFIED: sql`true`,
  COMPLIANCE_FAILING: sql`bad.fails`,
  COMPLIANCE_PASSING: sql`bad.fails is null and judged.once`,
  COMPLIANCE_UNKNOWN: sql`bad.fails is not true and (bad.fails is not null or judged.once is null)`,
};

/** Those of the devices that stand so with all policies in force. */
export async function standingSo(
  db: Sql,
  tenant: string,
  compliance: Compliance,
  deviceIds: readonly string[],
): Promise<string[]> {
  const ids = sql`${[...deviceIds]}::text[]`;
  // Read once, and not joined to each device's few verdicts.
  const inForce = sql`any(array(select id from policies where tenant = ${tenant} and enabled))`;
  const { rows } = await sql<{ id: string }>`
    select wanted.id from unnest(${ids}) wanted (id)
    left join (
      select v.device_id, bool_or(v.rank = 0) as fails from verdicts v
      where v.tenant = ${tenant} and v.device_id = any(${ids}) and v.rank < 3 and v.policy_id = ${inForce} group by 1
    ) bad on bad.device_id = wanted.id
    left join lateral (
      select true as once from verdicts v
      where bad.fails is null and v.tenant = ${tenant} and v.device_id = wanted.id and v.policy_id = ${inForce} limit 1
    ) judged on true
    where ${STANDS[compliance]}`.execute(db);
  return rows.map(({ id }) => id);
}

interface Asked {
  readonly compliance: Compliance;
  readonly atMost: number;
  readonly includeUnenrolled: boolean;
}

/** All devices that stand so, unless there may be more than that many: of those that pass it is not told. */
export async function allStanding(
  db: Sql,
  tenant: string,
  { atMost, compliance, includeUnenrolled }: Asked,
): Promise<string[] | undefined> {
  if (compliance === "COMPLIANCE_FAILING") return allFailing(db, tenant, atMost);
  return compliance === "COMPLIANCE_UNKNOWN" && !includeUnenrolled ? allUnknown(db, tenant, atMost) : undefined;
}

/** All devices that fail a policy in force, unless there are more than that many. */
async function allFailing(db: Sql, tenant: string, atMost: number): Promise<string[] | undefined> {
  const { rows } = await sql<{ device_id: string }>`
    select distinct failing.device_id from policies p, lateral (
      select v.device_id from verdicts v
      where v.tenant = ${tenant} and v.policy_id = p.id and v.rank = 0 limit ${atMost + 1}
    ) failing where p.tenant = ${tenant} and p.enabled limit ${atMost + 1}`.execute(db);
  return rows.length > atMost ? undefined : rows.map(({ device_id }) => device_id);
}

/**
 * All managed devices of which it is not known whether they comply, unless there may be more than that many: those that have not
 * answered a policy in force, and those that none applies to. These are looked for only where no policy applies to all.
 */
async function allUnknown(db: Sql, tenant: string, atMost: number): Promise<string[] | undefined> {
  const limit = atMost + 1;
  const { rows } = await sql<{ id: string; fails: boolean }>`
    select unknown.id, exists (
      select from verdicts b join policies p on p.tenant = b.tenant and p.id = b.policy_id and p.enabled
      where b.tenant = ${tenant} and b.device_id = unknown.id and b.rank = 0
    ) as fails
    from (
      (select open.device_id as id from policies p, lateral (
        select v.device_id from verdicts v
        where v.tenant = ${tenant} and v.policy_id = p.id and v.rank in (1, 2) limit ${limit}
      ) open where p.tenant = ${tenant} and p.enabled)
      union
      (select d.id from devices d
      where d.tenant = ${tenant} and d.enrolled
        and not exists (select from policies where tenant = ${tenant} and enabled
          and cardinality(device_ids) = 0 and cardinality(label_ids) = 0 and cardinality(platforms) = 0)
        and not exists (select from policies p where p.tenant = d.tenant and ${APPLIES})
      limit ${limit})
      limit ${limit}
    ) unknown`.execute(db);
  return rows.length > atMost ? undefined : rows.filter(({ fails }) => !fails).map(({ id }) => id);
}
