import { sql, type Transaction } from "kysely";
import type { PolicyTables } from "./tables.ts";

export interface DeviceKey {
  readonly tenant: string;
  readonly deviceId: string;
}

export interface EnrollmentNews extends DeviceKey {
  readonly version: number;
  readonly enrolled: boolean;
  readonly platform: string;
  readonly hostname: string;
}

export interface LabelNews extends DeviceKey {
  readonly version: number;
  readonly labelIds: readonly string[];
}

export interface FactNews extends DeviceKey {
  readonly version: number;
  readonly platform: string;
  readonly displayName: string;
}

/** The last of each device, in the order in which everybody locks devices. */
export function newestOfEach<T extends DeviceKey & { readonly version: number }>(news: readonly T[]): T[] {
  const newest = new Map<string, T>();
  for (const each of news) {
    const key = `${each.tenant}\n${each.deviceId}`;
    const known = newest.get(key);
    if (known === undefined || known.version <= each.version) newest.set(key, each);
  }
  return [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

const tenants = (of: readonly DeviceKey[]) => of.map(({ tenant }) => tenant);
const ids = (of: readonly DeviceKey[]) => of.map(({ deviceId }) => deviceId);

/** Facts know the platform better than the enrollment did, and people's name for a device better than its hostname is. */
export async function applyEnrollments(db: Transaction<PolicyTables>, news: readonly EnrollmentNews[]): Promise<void> {
  await sql`
    insert into devices as d (tenant, id, enrollment_version, enrolled, platform, display_name)
    select * from unnest(${tenants(news)}::text[], ${ids(news)}::text[], ${news.map((each) => each.version)}::bigint[],
      ${news.map((each) => each.enrolled)}::boolean[], ${news.map((each) => each.platform)}::text[],
      ${news.map((each) => each.hostname)}::text[])
    on conflict (tenant, id) do update set
      enrollment_version = excluded.enrollment_version,
      enrolled = excluded.enrolled,
      platform = case when d.facts_version > 0 or excluded.platform = 'PLATFORM_UNSPECIFIED' then d.platform else excluded.platform end,
      display_name = case when d.display_name = '' then excluded.display_name else d.display_name end
    where d.enrollment_version < excluded.enrollment_version`.execute(db);
}

export async function applyLabels(db: Transaction<PolicyTables>, news: readonly LabelNews[]): Promise<void> {
  // An array of arrays must be rectangular in Postgres, so each device's labels travel as JSON.
  await sql`
    insert into devices as d (tenant, id, labels_version, label_ids)
    select n.tenant, n.id, n.version, array(select jsonb_array_elements_text(n.labels))
    from unnest(${tenants(news)}::text[], ${ids(news)}::text[], ${news.map((each) => each.version)}::bigint[],
      ${news.map((each) => JSON.stringify(each.labelIds))}::jsonb[]) as n (tenant, id, version, labels)
    on conflict (tenant, id) do update set labels_version = excluded.labels_version, label_ids = excluded.label_ids
    where d.labels_version < excluded.labels_version`.execute(db);
}

export async function applyFacts(db: Transaction<PolicyTables>, news: readonly FactNews[]): Promise<void> {
  await sql`
    insert into devices as d (tenant, id, facts_version, platform, display_name)
    select * from unnest(${tenants(news)}::text[], ${ids(news)}::text[], ${news.map((each) => each.version)}::bigint[],
      ${news.map((each) => each.platform)}::text[], ${news.map((each) => each.displayName)}::text[])
    on conflict (tenant, id) do update set
      facts_version = excluded.facts_version,
      platform = case when excluded.platform = 'PLATFORM_UNSPECIFIED' then d.platform else excluded.platform end,
      display_name = case when excluded.display_name = '' then d.display_name else excluded.display_name end
    where d.facts_version < excluded.facts_version`.execute(db);
}

/**
 * Locks devices in the one order that everybody uses: a device's failing policies are counted exactly, and an answer
 * never passes by the enrollment it waits for. A device not heard of yet gets a row, since what is not there cannot be locked.
 */
export async function lockDevices(db: Transaction<PolicyTables>, keys: readonly DeviceKey[]): Promise<void> {
  const named = sql`unnest(${tenants(keys)}::text[], ${ids(keys)}::text[]) as k (tenant, id)`;
  await sql`insert into devices (tenant, id) select tenant, id from ${named} order by tenant, id on conflict do nothing`.execute(
    db,
  );
  await sql`
    select 1 from devices where (tenant, id) in (select tenant, id from ${named}) order by tenant, id for update`.execute(
    db,
  );
}

/** How many policies fail on each device now. */
export async function countFailing(
  db: Transaction<PolicyTables>,
  keys: readonly DeviceKey[],
): Promise<(key: DeviceKey) => number> {
  const { rows } = await sql<{ tenant: string; device_id: string; failing: number }>`
    select tenant, device_id, count(*)::int as failing from verdicts
    where rank = 0 and (tenant, device_id) in (select * from unnest(${tenants(keys)}::text[], ${ids(keys)}::text[]))
    group by tenant, device_id`.execute(db);
  const counts = new Map(rows.map((row) => [`${row.tenant}\n${row.device_id}`, row.failing]));
  return ({ tenant, deviceId }) => counts.get(`${tenant}\n${deviceId}`) ?? 0;
}
