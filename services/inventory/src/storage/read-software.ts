import type { SoftwareItem } from "@muster/contracts/gen/muster/inventory/v1/device";
import type {
  ListSoftwareChangesRequest,
  ListSoftwareChangesResponse,
  ListSoftwareRequest,
  ListSoftwareResponse,
} from "@muster/contracts/gen/muster/inventory/v1/device_service";
import { decodePageToken, pageSize, toPage } from "@muster/postgres/page";
import { sql } from "kysely";
import { type SoftwareChange, undoChanges } from "../domain/software.ts";
import { onceEach } from "../domain/told-twice.ts";
import type { InventoryWork } from "./schema.ts";

interface SoftwareRow {
  id: number;
  name: string;
  version: string;
  source: string;
  vendor: string;
}

const itemOf = ({ name, version, source, vendor }: SoftwareRow, deviceCount = 0): SoftwareItem => ({
  name,
  version,
  source,
  vendor,
  deviceCount,
  sources: [source],
  managedState: "",
});

const like = (text: string): string =>
  `%${text
    .trim()
    .toLowerCase()
    .replace(/[\\%_]/g, "\\$&")}%`;

/** A device's software as it is, or as it was: the present set with the changes since undone. */
export async function listDeviceSoftware(
  { sql: transaction }: InventoryWork,
  tenant: string,
  deviceId: string,
  asOf: Date | undefined,
  search: string,
): Promise<SoftwareItem[]> {
  const sets = await sql<{ ids: number[] }>`
    select ids from device_software where tenant = ${tenant} and device_id = ${deviceId}
      and since <= ${asOf ?? new Date(8.64e15)}`.execute(transaction);
  let ids = new Set(sets.rows.flatMap((row) => row.ids));
  if (asOf !== undefined) {
    const { rows } = await sql<SoftwareChange>`
      select c.software_id as "softwareId", c.installed from software_changes c
      join device_software d on d.tenant = c.tenant and d.device_id = c.device_id and d.source = c.source
      where c.tenant = ${tenant} and c.device_id = ${deviceId} and c.seen_at > ${asOf} and d.since <= ${asOf}
      order by c.id desc`.execute(transaction);
    ids = undoChanges(ids, rows);
  }
  const { rows } = await sql<SoftwareRow>`
    select id, name, version, source, vendor from software
    where tenant = ${tenant} and id = any(${[...ids]}::int[]) and lower(name) like ${like(search)}
    order by lower(name), version, source`.execute(transaction);
  const states = asOf === undefined ? await managedStates(transaction, tenant, deviceId) : new Map<string, string>();
  return onceEach(rows).map(({ sources, ...row }) => ({
    ...itemOf(row),
    sources: [...sources],
    managedState: sources.some((source) => OF_A_BUNDLE.includes(source)) ? (states.get(row.vendor) ?? "") : "",
  }));
}

const OF_A_BUNDLE = ["app", "apple_app"];

/** How far the applications are that the organization installed, by their bundle identifiers. */
async function managedStates(
  transaction: InventoryWork["sql"],
  tenant: string,
  deviceId: string,
): Promise<Map<string, string>> {
  const { rows } = await sql<{ identifier: string; status: string }>`
    select app->>'identifier' as identifier, app->>'status' as status
    from facts, jsonb_array_elements(value) as app
    where tenant = ${tenant} and device_id = ${deviceId} and name = 'apple_managed_apps'`.execute(transaction);
  return new Map(rows.map(({ identifier, status }) => [identifier, status]));
}

/** What came and went on a device, newest first. */
export async function listSoftwareChanges(
  { sql: transaction }: InventoryWork,
  tenant: string,
  { deviceId, pageSize: asked, pageToken }: ListSoftwareChangesRequest,
): Promise<ListSoftwareChangesResponse> {
  const size = pageSize(asked);
  const before = decodePageToken(pageToken, 1)?.[0] ?? "9223372036854775807";
  const { rows } = await sql<SoftwareRow & { change: string; installed: boolean; seen_at: Date }>`
    select s.id, s.name, s.version, s.source, s.vendor, c.id as change, c.installed, c.seen_at
    from software_changes c join software s on s.tenant = c.tenant and s.id = c.software_id
    where c.tenant = ${tenant} and c.device_id = ${deviceId} and c.id < ${/^\d{1,19}$/.test(before) ? before : "0"}::bigint
    order by c.id desc limit ${size + 1}`.execute(transaction);
  const page = toPage(rows, size, (last) => [last.change]);
  return {
    changes: page.rows.map((row) => ({ software: itemOf(row), installed: row.installed, seenAt: row.seen_at })),
    nextPageToken: page.nextPageToken,
  };
}

/** The software of the whole fleet; the number of devices is kept beside it. */
export async function listSoftware(
  { sql: transaction }: InventoryWork,
  tenant: string,
  { search, source, pageSize: asked, pageToken }: ListSoftwareRequest,
): Promise<ListSoftwareResponse> {
  const size = pageSize(asked);
  const from = decodePageToken(pageToken, 2);
  const conditions = [sql`tenant = ${tenant}`, sql`device_count > 0`];
  if (search.trim() !== "") conditions.push(sql`lower(name) like ${like(search)}`);
  if (source !== "") conditions.push(sql`source = ${source}`);
  else
    conditions.push(sql`not (source = 'apple_app' and vendor <> '' and exists (select from software t
    where t.tenant = s.tenant and t.vendor = s.vendor and t.version = s.version
      and t.source = 'app' and t.device_count > 0))`);
  if (from !== undefined) conditions.push(sql`(lower(name), id) > (${from[0]}, ${Number(from[1]) || 0}::int)`);
  // Its place by its name as Postgres lowers it, which is not always as JavaScript does.
  const { rows } = await sql<SoftwareRow & { device_count: string; place: string }>`
    select id, name, version, source, vendor, device_count, lower(name) as place from software_list s where ${sql.join(conditions, sql` and `)}
    order by lower(name), id limit ${size + 1}`.execute(transaction);
  const page = toPage(rows, size, (last) => [last.place, String(last.id)]);
  const both = source === "" ? await toldByBoth(transaction, tenant, page.rows) : new Map<number, number>();
  return {
    software: page.rows.map((row) => {
      const devices = both.get(row.id);
      if (devices === undefined) return itemOf(row, Number(row.device_count));
      return { ...itemOf(row, devices), sources: ["app", "apple_app"] };
    }),
    nextPageToken: page.nextPageToken,
  };
}

/** Beyond it the devices of a program that two tell of are not counted: those that the one with more tells of are said. */
const COUNTED_AT_MOST = 1_000;

/** How many devices have those of these programs that osquery and Apple's protocol both tell of, by either. */
async function toldByBoth(
  transaction: InventoryWork["sql"],
  tenant: string,
  rows: readonly SoftwareRow[],
): Promise<Map<number, number>> {
  const ids = rows.flatMap(({ id, source, vendor }) => (source === "app" && vendor !== "" ? [id] : []));
  if (ids.length === 0) return new Map();
  const { rows: counted } = await sql<{ id: number; devices: string }>`
    with twins as (
      select s.id, array_agg(t.id) || s.id as ids, greatest(s.device_count, max(t.device_count)) as most
      from software s join software t
        on t.tenant = s.tenant and t.vendor = s.vendor and t.version = s.version and t.source = 'apple_app'
          and t.vendor <> '' and t.device_count > 0
      where s.tenant = ${tenant} and s.id = any(${ids}::int[]) group by s.id, s.device_count
    )
    select id, case when most > ${COUNTED_AT_MOST} then most else (
      select count(distinct d.device_id) from software_holders d where d.tenant = ${tenant} and d.ids && twins.ids)
    end as devices from twins`.execute(transaction);
  return new Map(counted.map(({ id, devices }) => [id, Number(devices)]));
}
