import type { Enrollment } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { sql } from "kysely";
import { askPoliciesAnew } from "./ask-anew.ts";
import { forgetPersonal } from "./forget-personal.ts";
import { column, type DeviceKey, type InventoryWork } from "./schema.ts";
import { noteWorkChanged } from "./work-changes.ts";

export interface HeardEnrollment {
  readonly tenant: string;
  readonly enrollment: Enrollment;
  /** The device asks all its questions anew: it enrolled, the first time or again. */
  readonly enrolled: boolean;
}

/** Brings devices up to what enrollment says of them; only what is newer than what is known counts. */
export async function applyEnrollments(
  work: InventoryWork,
  heard: readonly HeardEnrollment[],
  now: Date,
): Promise<void> {
  const newest = new Map<string, HeardEnrollment>();
  for (const each of heard) {
    const key = `${each.tenant}/${each.enrollment.deviceId}`;
    const before = newest.get(key);
    if (before !== undefined && before.enrollment.version >= each.enrollment.version) continue;
    newest.set(key, { ...each, enrolled: each.enrolled || (before?.enrolled ?? false) });
  }
  const rows = [...newest.values()]
    .sort((a, b) => (a.enrollment.deviceId < b.enrollment.deviceId ? -1 : 1))
    .map(({ tenant, enrollment, enrolled }) => ({ tenant, enrolled, body: JSON.stringify(rowOf(enrollment)) }));
  if (rows.length === 0) return;
  const { rows: personal } = await sql<DeviceKey>`
    with new as (
      select n.tenant, n.enrolled, e.* from unnest(${column(rows, "tenant")}::text[], ${column(rows, "enrolled")}::boolean[],
        ${column(rows, "body")}::jsonb[]) as n (tenant, enrolled, body),
      jsonb_to_record(n.body) as e (id uuid, display_name text, hostname text, platform text, ownership text, method text,
        hardware_vendor text, hardware_model text, hardware_serial text, hardware_uuid text, enrolled_at timestamptz,
        unenrolled boolean, duplicate_of text, generations jsonb, enrollment_version bigint)),
    written as (
      insert into devices as d (tenant, id, display_name, hostname, platform, ownership, method, hardware_vendor,
        hardware_model, hardware_serial, hardware_uuid, enrolled_at, unenrolled, duplicate_of, generations,
        enrollment_version)
      select tenant, id, display_name, hostname, platform, ownership, method, hardware_vendor, hardware_model,
        hardware_serial, hardware_uuid, enrolled_at, unenrolled, duplicate_of, generations, enrollment_version from new
      on conflict (tenant, id) do update set
        display_name = case when d.display_name = d.id::text or excluded.ownership = 'OWNERSHIP_PERSONAL'
          then excluded.display_name else d.display_name end,
        hostname = case when excluded.ownership = 'OWNERSHIP_PERSONAL' then ''
          else coalesce(nullif(d.hostname, ''), excluded.hostname) end,
        platform = case when d.platform = 'PLATFORM_UNSPECIFIED' then excluded.platform else d.platform end,
        ownership = excluded.ownership, method = excluded.method,
        hardware_vendor = coalesce(nullif(d.hardware_vendor, ''), excluded.hardware_vendor),
        hardware_model = coalesce(nullif(d.hardware_model, ''), excluded.hardware_model),
        hardware_serial = case when excluded.ownership = 'OWNERSHIP_PERSONAL' then ''
          else coalesce(nullif(d.hardware_serial, ''), excluded.hardware_serial) end,
        hardware_uuid = case when excluded.ownership = 'OWNERSHIP_PERSONAL' then ''
          else coalesce(nullif(d.hardware_uuid, ''), excluded.hardware_uuid) end,
        primary_address = case when excluded.ownership = 'OWNERSHIP_PERSONAL' then '' else d.primary_address end,
        enrolled_at = excluded.enrolled_at, unenrolled = excluded.unenrolled, duplicate_of = excluded.duplicate_of,
        generations = excluded.generations, enrollment_version = excluded.enrollment_version
        where d.enrollment_version < excluded.enrollment_version
      returning tenant, id, ownership),
    seen as (
      insert into presence (tenant, device_id, last_seen_at) select tenant, id, coalesce(enrolled_at, ${now}) from new
      on conflict do nothing),
    asked as (
      insert into device_work as w (tenant, device_id) select tenant, id from new where enrolled
      on conflict (tenant, device_id) do update set detail_due_at = '-infinity', detail_asked_at = '-infinity')
    select w.tenant, w.id as "deviceId" from written w
    left join devices before on before.tenant = w.tenant and before.id = w.id
    where w.ownership = 'OWNERSHIP_PERSONAL' and before.ownership is distinct from w.ownership`.execute(work.sql);
  const enrolled = [...newest.values()].filter((each) => each.enrolled);
  await askPoliciesAnew(
    work,
    enrolled.map(({ tenant, enrollment }) => ({ tenant, deviceId: enrollment.deviceId })),
  );
  await forgetPersonal(work, personal, now);
  await noteWorkChanged(
    work,
    [...newest.values()].map(({ tenant, enrollment }) => ({ tenant, deviceId: enrollment.deviceId })),
  );
}

function rowOf(enrollment: Enrollment) {
  const personal = enrollment.ownership === "OWNERSHIP_PERSONAL";
  const model = `${enrollment.hardwareVendor} ${enrollment.hardwareModel}`.trim();
  const name = personal
    ? `Personal ${model === "" ? "device" : model}`
    : enrollment.hostname || enrollment.hardwareSerial || enrollment.hostIdentifier || enrollment.deviceId;
  return {
    id: enrollment.deviceId,
    display_name: name,
    hostname: personal ? "" : enrollment.hostname,
    platform: enrollment.platform,
    ownership: enrollment.ownership,
    method: enrollment.method,
    hardware_vendor: enrollment.hardwareVendor,
    hardware_model: enrollment.hardwareModel,
    hardware_serial: personal ? "" : enrollment.hardwareSerial,
    hardware_uuid: personal ? "" : enrollment.hardwareUuid,
    enrolled_at: enrollment.enrolledAt,
    unenrolled: enrollment.status === "STATUS_UNENROLLED",
    duplicate_of: enrollment.duplicateOf,
    generations: enrollment.generations,
    enrollment_version: enrollment.version,
  };
}
