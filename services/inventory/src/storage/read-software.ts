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
  return rows.map((row) => itemOf(row));
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
  if (from !== undefined) conditions.push(sql`(lower(name), id) > (${from[0]}, ${Number(from[1]) || 0}::int)`);
  const { rows } = await sql<SoftwareRow & { device_count: string }>`
    select id, name, version, source, vendor, device_count from software where ${sql.join(conditions, sql` and `)}
    order by lower(name), id limit ${size + 1}`.execute(transaction);
  const page = toPage(rows, size, (last) => [last.name.toLowerCase(), String(last.id)]);
  return {
    software: page.rows.map((row) => itemOf(row, Number(row.device_count))),
    nextPageToken: page.nextPageToken,
  };
}
