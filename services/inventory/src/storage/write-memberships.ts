import { sql } from "kysely";
import { askPoliciesAnew } from "./ask-anew.ts";
import { column, type DeviceKey, type InventoryWork } from "./schema.ts";
import { noteWorkChanged } from "./work-changes.ts";

export interface Membership extends DeviceKey {
  readonly labelId: string;
  readonly member: boolean;
  readonly at: Date;
}

interface Changed {
  tenant: string;
  device_id: string;
  label_id: string;
  member: boolean;
  name: string;
  label_ids: string[];
  labels_version: string;
  n: number;
}

/** Puts labels on devices and takes them off; what is so already changes nothing. Returns the changes. */
export async function writeMemberships(
  work: InventoryWork,
  memberships: readonly Membership[],
  actor?: string,
): Promise<readonly DeviceKey[]> {
  if (memberships.length === 0) return [];
  const { rows } = await sql<Changed>`
    with asked as (
      select * from unnest(${column(memberships, "tenant")}::text[], ${column(memberships, "labelId")}::uuid[],
        ${column(memberships, "deviceId")}::uuid[], ${column(memberships, "member")}::boolean[])
        with ordinality as a (tenant, label_id, device_id, member, n)),
    known as (
      select a.*, l.name from asked a
      join labels l on l.tenant = a.tenant and l.id = a.label_id
      join devices d on d.tenant = a.tenant and d.id = a.device_id),
    added as (
      insert into label_members (tenant, label_id, device_id)
      select tenant, label_id, device_id from known where member order by 1, 2, 3
      on conflict do nothing returning tenant, label_id, device_id),
    taken as (
      delete from label_members m using known k
      where not k.member and m.tenant = k.tenant and m.label_id = k.label_id and m.device_id = k.device_id
      returning m.tenant, m.label_id, m.device_id),
    changed as (
      select *, true as member from added union all select *, false from taken),
    deltas as (
      select tenant, device_id,
        coalesce(array_agg(label_id::text) filter (where member), '{}') as came,
        coalesce(array_agg(label_id::text) filter (where not member), '{}') as went
      from changed group by 1, 2),
    written as (
      update devices d set labels_version = d.labels_version + 1,
        label_ids = array(select l from unnest(d.label_ids) as l where l <> all (x.went) union select unnest(x.came) order by 1)
      from deltas x where d.tenant = x.tenant and d.id = x.device_id
      returning d.tenant, d.id as device_id, d.label_ids, d.labels_version)
    select c.tenant, c.device_id, c.label_id, c.member, k.name, w.label_ids, w.labels_version, k.n::int as n
    from changed c
    join known k on k.tenant = c.tenant and k.label_id = c.label_id and k.device_id = c.device_id and k.member = c.member
    join written w on w.tenant = c.tenant and w.device_id = c.device_id`.execute(work.sql);
  for (const row of rows) {
    work.emit({
      type: "muster.inventory.v1.LabelMembershipChanged",
      tenant: row.tenant,
      deviceId: row.device_id,
      ...(actor !== undefined && { actor }),
      data: {
        deviceId: row.device_id,
        version: Number(row.labels_version),
        labelId: row.label_id,
        labelName: row.name,
        member: row.member,
        labelIds: row.label_ids,
        changedAt: memberships[row.n - 1]?.at,
      },
    });
  }
  const changed = rows.map((row) => ({ tenant: row.tenant, deviceId: row.device_id }));
  await askPoliciesAnew(
    work,
    changed.filter((_device, index) => rows[index]?.member === true),
  );
  await noteWorkChanged(work, changed);
  return changed;
}
