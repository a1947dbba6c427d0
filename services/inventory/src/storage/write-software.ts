import { sql } from "kysely";
import { column, type DeviceKey, type InventoryWork } from "./schema.ts";

export interface NewSoftware extends DeviceKey {
  readonly source: string;
  readonly ids: readonly number[];
  readonly at: Date;
}

export interface SoftwareDifference extends DeviceKey {
  readonly source: string;
  readonly installed: readonly number[];
  readonly removed: readonly number[];
  readonly at: Date;
}

/**
 * Writes the sets of software that are another than before, the changes, and how many devices have what. The first
 * answer of a source is where its history begins: it is not a change. Needs the devices' rows in device_work locked.
 */
export async function writeSoftware(work: InventoryWork, sets: readonly NewSoftware[]): Promise<SoftwareDifference[]> {
  if (sets.length === 0) return [];
  const { rows: before } = await sql<{ n: number; ids: string }>`
    select s.n::int as n, array_to_string(d.ids, ',') as ids from unnest(${column(sets, "tenant")}::text[], ${column(sets, "deviceId")}::uuid[],
      ${column(sets, "source")}::text[]) with ordinality as s (tenant, device_id, source, n)
    join device_software d using (tenant, device_id, source)`.execute(work.sql);
  const known = new Map(before.map(({ n, ids }) => [n - 1, ids === "" ? [] : ids.split(",").map(Number)]));
  const differences: SoftwareDifference[] = [];
  const counts: { tenant: string; id: number; by: number }[] = [];
  const changed = sets.filter(({ ids, tenant, deviceId, source, at }, index) => {
    const old = known.get(index);
    const had = new Set(old ?? []);
    const has = new Set(ids);
    const installed = ids.filter((id) => !had.has(id));
    const removed = (old ?? []).filter((id) => !has.has(id));
    counts.push(...installed.map((id) => ({ tenant, id, by: 1 })), ...removed.map((id) => ({ tenant, id, by: -1 })));
    const differs = installed.length > 0 || removed.length > 0;
    if (old !== undefined && differs) differences.push({ tenant, deviceId, source, installed, removed, at });
    return old === undefined || differs;
  });
  if (changed.length === 0) return [];
  await sql`
    insert into device_software as d (tenant, device_id, source, ids, since)
    select tenant, device_id, source, coalesce(string_to_array(nullif(ids, ''), ',')::int[], '{}'), at
    from unnest(${column(changed, "tenant")}::text[], ${column(changed, "deviceId")}::uuid[],
      ${column(changed, "source")}::text[], ${changed.map(({ ids }) => ids.join(","))}::text[],
      ${column(changed, "at")}::timestamptz[]) as n (tenant, device_id, source, ids, at)
    on conflict (tenant, device_id, source) do update set ids = excluded.ids`.execute(work.sql);
  await writeChanges(work, differences);
  await countDevices(work, counts);
  return differences;
}

async function writeChanges(work: InventoryWork, differences: readonly SoftwareDifference[]): Promise<void> {
  const changes = differences.flatMap(({ installed, removed, ...key }) => [
    ...removed.map((id) => ({ ...key, id, installed: false })),
    ...installed.map((id) => ({ ...key, id, installed: true })),
  ]);
  if (changes.length === 0) return;
  await sql`
    insert into software_changes (tenant, device_id, source, software_id, installed, seen_at)
    select * from unnest(${column(changes, "tenant")}::text[], ${column(changes, "deviceId")}::uuid[],
      ${column(changes, "source")}::text[], ${column(changes, "id")}::int[], ${column(changes, "installed")}::boolean[],
      ${column(changes, "at")}::timestamptz[])`.execute(work.sql);
}

// In one order, last in the transaction: two flushes that share names wait for each other briefly and never for ever.
async function countDevices(
  work: InventoryWork,
  counts: readonly { tenant: string; id: number; by: number }[],
): Promise<void> {
  if (counts.length === 0) return;
  await sql`
    with delta as (
      select tenant, id, sum(by)::int as by
      from unnest(${column(counts, "tenant")}::text[], ${column(counts, "id")}::int[], ${column(counts, "by")}::int[])
        as c (tenant, id, by) group by 1, 2 having sum(by) <> 0),
    locked as (
      select s.tenant, s.id from software s join delta using (tenant, id) order by 1, 2 for update of s)
    update software s set device_count = s.device_count + d.by
    from delta d, locked l where s.tenant = d.tenant and s.id = d.id and l.tenant = s.tenant and l.id = s.id`.execute(
    work.sql,
  );
}
