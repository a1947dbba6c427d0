import type { Ownership, Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { DeviceIdentity, Method } from "@muster/device-identity/identity";
import { sql } from "kysely";
import { admits } from "../domain/admission.ts";
import { carveSql } from "../domain/carve-sql.ts";
import {
  type Asked,
  dueWork,
  HAND_OUT_AGAIN_MS,
  type HostWork,
  type OneTimeQuery,
  type Question,
} from "../domain/due-work.ts";
import { createHosts } from "./create-hosts.ts";
import { column, type DeviceKey, type InventoryDatabase, type InventoryWork, keyOf } from "./schema.ts";

/** What a device's keys and ownership are, as its row says. */
export interface Host extends DeviceKey {
  readonly platform: Platform;
  readonly ownership: Ownership;
  readonly unenrolled: boolean;
  readonly generations: Readonly<Partial<Record<Method, number>>>;
}

export interface Claim {
  readonly host: Host;
  /** Nothing when the key is not the device's any more. */
  readonly work: HostWork | undefined;
}

interface Row {
  tenant: string;
  id: string;
  platform: Platform;
  ownership: Ownership;
  unenrolled: boolean;
  generations: Record<string, number>;
  label_ids: string[];
  detail_due_at: number;
  detail_asked_at: number;
  asked: Record<string, Asked>;
  work_version: string;
  live: { id: string; query: string }[] | null;
  carves: { id: string; path: string }[] | null;
}

/** Gives a tenant's questions of a version; asks the database only when it holds an older one. */
export type QuestionsOf = (work: InventoryWork, tenant: string, version: number) => Promise<readonly Question[]>;

/** Decides what each of these hosts is asked now and notes that it was asked: one read and at most two writes for all. */
export function claimWork(
  database: InventoryDatabase,
  questionsOf: QuestionsOf,
  identities: readonly DeviceIdentity[],
  now: Date,
): Promise<Claim[]> {
  return database.system(async (work) => {
    let rows = await readHosts(work, identities, now);
    const missing = identities.filter((key) => !rows.has(keyOf(key)));
    if (missing.length > 0) {
      await createHosts(work, missing, now);
      rows = await readHosts(work, identities, now);
    }
    const claims: Claim[] = [];
    const served: Row[] = [];
    for (const identity of identities) {
      const row = rows.get(keyOf(identity));
      if (row === undefined) throw new Error("a device vanished while its work was claimed");
      const host = hostOf(row);
      if (!admits(host, identity)) {
        claims.push({ host, work: undefined });
        continue;
      }
      const questions = await questionsOf(work, row.tenant, Number(row.work_version));
      claims.push({ host, work: dueWork(stateOf(row), questions, onceOf(row), now.getTime()) });
      served.push(row);
    }
    await noteQuestions(work, claims, now);
    await noteOneTime(work, served, now);
    return claims;
  });
}

async function readHosts(work: InventoryWork, keys: readonly DeviceKey[], now: Date): Promise<Map<string, Row>> {
  const askedBefore = new Date(now.getTime() - HAND_OUT_AGAIN_MS);
  const { rows } = await sql<Row>`
    select d.tenant, d.id, d.platform, d.ownership, d.unenrolled, d.generations, d.label_ids, w.asked,
      (extract(epoch from w.detail_due_at) * 1000)::float8 as detail_due_at,
      (extract(epoch from w.detail_asked_at) * 1000)::float8 as detail_asked_at,
      coalesce(t.version, 0) as work_version, live.open as live, carving.open as carves
    from unnest(${column(keys, "tenant")}::text[], ${column(keys, "deviceId")}::uuid[]) as host (tenant, id)
    join devices d on d.tenant = host.tenant and d.id = host.id
    join device_work w on w.tenant = host.tenant and w.device_id = host.id
    left join tenant_work t on t.tenant = host.tenant
    left join lateral (
      select jsonb_agg(jsonb_build_object('id', q.id, 'query', q.sql)) as open
      from live_targets l join live_queries q on q.tenant = l.tenant and q.id = l.query_id
      where l.tenant = host.tenant and l.device_id = host.id and l.answered_at is null
        and (l.asked_at is null or l.asked_at < ${askedBefore}) and q.state = 'running' and q.expires_at > ${now}) live on true
    left join lateral (
      select jsonb_agg(jsonb_build_object('id', c.id, 'path', c.path)) as open
      from carves c where c.tenant = host.tenant and c.device_id = host.id and c.state = 'requested'
        and c.host_guid is null and (c.asked_at is null or c.asked_at < ${askedBefore}) and c.expires_at > ${now}) carving on true`.execute(
    work.sql,
  );
  return new Map(rows.map((row) => [`${row.tenant}/${row.id}`, row]));
}

const hostOf = ({ tenant, id, platform, ownership, unenrolled, generations }: Row): Host => ({
  tenant,
  deviceId: id,
  platform,
  ownership,
  unenrolled,
  generations,
});

const stateOf = (row: Row) => ({
  deviceId: row.id,
  platform: row.platform,
  ownership: row.ownership,
  labelIds: row.label_ids,
  detailDueAt: row.detail_due_at,
  detailAskedAt: row.detail_asked_at,
  asked: row.asked,
});

const onceOf = (row: Row): OneTimeQuery[] => [
  ...(row.live ?? []).map(({ id, query }): OneTimeQuery => ({ kind: "live", id, query })),
  ...(row.carves ?? []).map(({ id, path }): OneTimeQuery => ({ kind: "carve", id, query: carveSql(path) })),
];

async function noteQuestions(work: InventoryWork, claims: readonly Claim[], now: Date): Promise<void> {
  const noted = claims.flatMap(({ host, work: due }) => {
    if (due === undefined) return [];
    const { asksDetails, askedNow, forgotten } = due;
    if (!asksDetails && Object.keys(askedNow).length === 0 && forgotten.length === 0) return [];
    const asked = JSON.stringify(askedNow);
    return [{ tenant: host.tenant, id: host.deviceId, details: asksDetails, asked, forgotten: forgotten.join(",") }];
  });
  if (noted.length === 0) return;
  await sql`
    with noted as (
      select * from unnest(${column(noted, "tenant")}::text[], ${column(noted, "id")}::uuid[],
        ${column(noted, "details")}::boolean[], ${column(noted, "asked")}::jsonb[], ${column(noted, "forgotten")}::text[])
        as n (tenant, device_id, details, asked, forgotten)),
    locked as (
      select w.tenant, w.device_id from device_work w join noted using (tenant, device_id)
      order by 1, 2 for update of w)
    update device_work w set
      detail_asked_at = case when n.details then ${now}::timestamptz else w.detail_asked_at end,
      asked = (w.asked - string_to_array(n.forgotten, ',')) || n.asked
    from noted n, locked l
    where w.tenant = n.tenant and w.device_id = n.device_id and l.tenant = w.tenant and l.device_id = w.device_id`.execute(
    work.sql,
  );
}

async function noteOneTime(work: InventoryWork, rows: readonly Row[], now: Date): Promise<void> {
  const open = rows.flatMap((row) => (row.live ?? []).map(({ id }) => ({ tenant: row.tenant, device: row.id, id })));
  if (open.length > 0) {
    await sql`
      update live_targets l set asked_at = ${now}
      from unnest(${column(open, "tenant")}::text[], ${column(open, "id")}::uuid[], ${column(open, "device")}::uuid[])
        as o (tenant, query_id, device_id)
      where l.tenant = o.tenant and l.query_id = o.query_id and l.device_id = o.device_id`.execute(work.sql);
  }
  const carves = rows.flatMap((row) => (row.carves ?? []).map(({ id }) => ({ tenant: row.tenant, id })));
  if (carves.length > 0) {
    await sql`
      update carves c set asked_at = ${now}
      from unnest(${column(carves, "tenant")}::text[], ${column(carves, "id")}::uuid[]) as o (tenant, id)
      where c.tenant = o.tenant and c.id = o.id`.execute(work.sql);
  }
}
