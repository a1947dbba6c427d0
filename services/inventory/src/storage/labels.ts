import type { Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { Label, LabelKind } from "@muster/contracts/gen/muster/inventory/v1/device";
import { expectRevision } from "@muster/host/revision";
import { isUniqueViolation } from "@muster/postgres/sqlstate";
import { sql } from "kysely";
import type { LabelWish } from "../domain/label.ts";
import { type Condition, meets } from "../domain/label-condition.ts";
import { isUuid } from "../domain/query-name.ts";
import { refuse } from "../domain/refusals.ts";
import { column, type InventoryWork } from "./schema.ts";
import { raiseWorkVersion } from "./tenant-rules.ts";
import { writeMemberships } from "./write-memberships.ts";

interface LabelRow {
  id: string;
  name: string;
  description: string;
  kind: LabelKind;
  query: string;
  platforms: Platform[];
  condition: Condition | null;
  created_at: Date;
  revision: number;
  device_count: string;
}

/** A device's event tells all labels that it carries, and an event has its limit. */
const MOST_LABELS = 10_000;

/** Labels by query are asked of each device this often. */
const LABEL_INTERVAL_SECONDS = 3600;

const COLUMNS = sql`l.id, l.name, l.description, l.kind, l.query, l.platforms, l.condition, l.created_at, l.revision,
  l.device_count`;

const labelOf = (row: LabelRow): Label => ({
  id: row.id,
  name: row.name,
  description: row.description,
  kind: row.kind,
  query: row.query,
  platforms: row.platforms,
  condition: row.condition ?? undefined,
  deviceCount: Number(row.device_count),
  createdAt: row.created_at,
  revision: row.revision,
});

export async function getLabel(work: InventoryWork, tenant: string, id: string): Promise<Label> {
  const wanted = id.trim().toLowerCase();
  const { rows } = isUuid(wanted)
    ? await sql<LabelRow>`select ${COLUMNS} from labels l where l.tenant = ${tenant} and l.id = ${wanted}`.execute(
        work.sql,
      )
    : { rows: [] };
  if (rows[0] === undefined) throw refuse("label.unknown", `there is no label ${id}`);
  return labelOf(rows[0]);
}

export async function listLabels(work: InventoryWork, tenant: string): Promise<Label[]> {
  const { rows } = await sql<LabelRow>`
    select ${COLUMNS} from labels l where l.tenant = ${tenant} order by lower(l.name), l.id`.execute(work.sql);
  return rows.map(labelOf);
}

export interface SavedLabel extends LabelWish {
  readonly id: string;
  readonly tenant: string;
  readonly actor: string;
  readonly now: Date;
  /** It is only changed while its revision is one of these, if any. */
  readonly expected: readonly number[];
}

/** Creates or replaces a label, and sees to its question or its members. */
export async function saveLabel(work: InventoryWork, label: SavedLabel): Promise<Label> {
  const { tenant, id, name, description, kind, query, platforms, condition, now, expected } = label;
  const json = condition === undefined ? null : JSON.stringify(condition);
  try {
    const saved = await sql<{ revision: number }>`
      insert into labels as l (tenant, id, name, description, kind, query, platforms, condition, created_at, revision)
      select ${tenant}, ${id}, ${name}, ${description}, ${kind}, ${query}, ${platforms}::text[], ${json}::jsonb, ${now}, 1
      where (select count(*) from labels where tenant = ${tenant} and id <> ${id}) < ${MOST_LABELS}
      on conflict (tenant, id) do update set name = excluded.name, description = excluded.description,
        query = excluded.query, platforms = excluded.platforms, condition = excluded.condition,
        revision = l.revision + 1 returning revision`.execute(work.sql);
    const [row] = saved.rows;
    if (row === undefined) throw refuse("label.too_many", `there are ${MOST_LABELS} labels: delete one first`);
    expectRevision({ revision: row.revision - 1 }, expected);
  } catch (error) {
    if (isUniqueViolation(error)) throw refuse("label.name_taken", `there is a label "${name}" already`);
    throw error;
  }
  if (kind === "LABEL_KIND_QUERY") {
    await sql`
      insert into questions (tenant, id, kind, revision, query, interval_seconds, platforms)
      select tenant, id, 'label', revision, query, ${LABEL_INTERVAL_SECONDS}, platforms from labels
      where tenant = ${tenant} and id = ${id}
      on conflict (tenant, id) do update set revision = excluded.revision, query = excluded.query,
        platforms = excluded.platforms`.execute(work.sql);
    await takeOffUnasked(work, label);
  }
  if (kind !== "LABEL_KIND_MANUAL") await raiseWorkVersion(work, [tenant]);
  if (condition !== undefined) await judgeAll(work, label, condition);
  return getLabel(work, tenant, id);
}

// Devices of platforms that are asked no more say nothing of the label again: they would carry it for ever.
async function takeOffUnasked(work: InventoryWork, { tenant, id, platforms, now, actor }: SavedLabel): Promise<void> {
  if (platforms.length === 0) return;
  const { rows } = await sql<{ device_id: string }>`
    select m.device_id from label_members m join devices d on d.tenant = m.tenant and d.id = m.device_id
    where m.tenant = ${tenant} and m.label_id = ${id} and d.platform <> all(${platforms}::text[])`.execute(work.sql);
  await takeOff(work, { tenant, labelId: id }, column(rows, "device_id"), actor, now);
}

const PAGE = 5_000;

async function takeOff(
  work: InventoryWork,
  label: { readonly tenant: string; readonly labelId: string },
  deviceIds: readonly string[],
  actor: string,
  now: Date,
): Promise<void> {
  for (let start = 0; start < deviceIds.length; start += PAGE) {
    const off = deviceIds.slice(start, start + PAGE);
    await writeMemberships(
      work,
      off.map((deviceId) => ({ ...label, deviceId, member: false, at: now })),
      actor,
    );
  }
}

// Devices that have the fact carry the label if it meets the condition; all others do not.
async function judgeAll(
  work: InventoryWork,
  { tenant, id, now, actor }: SavedLabel,
  condition: Condition,
): Promise<void> {
  const members = new Set<string>();
  for (let after = "00000000-0000-0000-0000-000000000000"; ; ) {
    const { rows } = await sql<{ device_id: string; value: unknown }>`
      select device_id, value from facts where tenant = ${tenant} and name = ${condition.fact} and device_id > ${after}
      order by device_id limit ${PAGE}`.execute(work.sql);
    for (const row of rows) if (meets(condition, row.value)) members.add(row.device_id);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) break;
    after = last.device_id;
  }
  const { rows: present } = await sql<{ device_id: string }>`
    select device_id from label_members where tenant = ${tenant} and label_id = ${id}`.execute(work.sql);
  const gone = column(present, "device_id").filter((deviceId) => !members.has(deviceId));
  const changes = [
    ...[...members].map((deviceId) => ({ tenant, labelId: id, deviceId, member: true, at: now })),
    ...gone.map((deviceId) => ({ tenant, labelId: id, deviceId, member: false, at: now })),
  ];
  for (let start = 0; start < changes.length; start += PAGE) {
    await writeMemberships(work, changes.slice(start, start + PAGE), actor);
  }
}

/** Takes the label off all devices and removes it. */
export async function deleteLabel(
  work: InventoryWork,
  tenant: string,
  { id, expected }: { readonly id: string; readonly expected: readonly number[] },
  actor: string,
  now: Date,
): Promise<void> {
  const label = await getLabel(work, tenant, id);
  const held = await sql<{ revision: number }>`
    select revision from labels where tenant = ${tenant} and id = ${label.id} for update`.execute(work.sql);
  expectRevision(held.rows[0] ?? label, expected);
  const { rows } = await sql<{ device_id: string }>`
    select device_id from label_members where tenant = ${tenant} and label_id = ${label.id}`.execute(work.sql);
  await takeOff(work, { tenant, labelId: label.id }, column(rows, "device_id"), actor, now);
  await sql`delete from questions where tenant = ${tenant} and id = ${label.id}`.execute(work.sql);
  await sql`delete from labels where tenant = ${tenant} and id = ${label.id}`.execute(work.sql);
  await raiseWorkVersion(work, [tenant]);
}

const MAX_AT_ONCE = 10_000;

/** Puts a manual label on devices, or takes it off. */
export async function changeManual(
  work: InventoryWork,
  tenant: string,
  change: {
    readonly id: string;
    readonly deviceIds: readonly string[];
    readonly member: boolean;
    readonly actor: string;
  },
  now: Date,
): Promise<Label> {
  const label = await getLabel(work, tenant, change.id);
  if (label.kind !== "LABEL_KIND_MANUAL") {
    throw refuse("label.not_manual", `"${label.name}" finds its members itself; only manual labels are put on by hand`);
  }
  const deviceIds = [...new Set(change.deviceIds.map((id) => id.trim().toLowerCase()))];
  const bad = deviceIds.find((id) => !isUuid(id));
  if (bad !== undefined) throw refuse("device.bad_id", `"${bad}" is not a device's id`);
  if (deviceIds.length > MAX_AT_ONCE) throw refuse("label.bad", `at most ${MAX_AT_ONCE} devices at once`);
  const { rows } = await sql<{ id: string }>`
    select n.id from unnest(${deviceIds}::uuid[]) as n (id)
    where not exists (select 1 from devices d where d.tenant = ${tenant} and d.id = n.id) limit 1`.execute(work.sql);
  if (change.member && rows[0] !== undefined) throw refuse("device.unknown", `there is no device ${rows[0].id}`);
  const { member, actor } = change;
  await writeMemberships(
    work,
    deviceIds.map((deviceId) => ({ tenant, labelId: label.id, deviceId, member, at: now })),
    actor,
  );
  return getLabel(work, tenant, label.id);
}
