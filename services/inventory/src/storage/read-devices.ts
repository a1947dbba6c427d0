import type { Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { Device } from "@muster/contracts/gen/muster/inventory/v1/device";
import type {
  DeviceCount,
  ListDevicesRequest,
  ListDevicesResponse,
} from "@muster/contracts/gen/muster/inventory/v1/device_service";
import { decodePageToken, encodePageToken, pageSize, toPage } from "@muster/postgres/page";
import { type RawBuilder, sql } from "kysely";
import { isUuid } from "../domain/query-name.ts";
import { refuse } from "../domain/refusals.ts";
import { DEVICE_COLUMNS, type DeviceRow, deviceOf, ONLINE_MS } from "./device-rows.ts";
import { column, type InventoryWork } from "./schema.ts";

const like = (text: string): string => `%${text.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;

export async function listDevices(
  { sql: transaction }: InventoryWork,
  tenant: string,
  request: ListDevicesRequest,
  now: Date,
  only?: readonly string[],
): Promise<ListDevicesResponse> {
  const size = pageSize(request.pageSize);
  const asked = await devicesAsked(transaction, tenant, request, now, only);
  if (asked === undefined) return { devices: [], nextPageToken: "" };
  const { rows } = await sql<DeviceRow & Place>`
    select ${DEVICE_COLUMNS}, ${PLACE} ${asked} limit ${size + 1}`.execute(transaction);
  const page = toPage(rows, size, keysOf);
  return { devices: page.rows.map((row) => deviceOf(row, now)), nextPageToken: page.nextPageToken };
}

/** Where a device stands in the list: by its name as Postgres lowers it, which is not always as JavaScript does. */
export interface Place {
  readonly id: string;
  readonly place: string;
}

const PLACE = sql`lower(d.display_name) as place`;
const keysOf = ({ place, id }: Place): [string, string] => [place, id];
export const tokenAfter = (last: Place): string => encodePageToken(keysOf(last));

/** The same list, many at once and no more of each than its place; the page's size is not read. */
export async function listPlaces(
  { sql: transaction }: InventoryWork,
  tenant: string,
  request: ListDevicesRequest,
  limit: number,
  now: Date,
  only?: readonly string[],
): Promise<Place[]> {
  const asked = await devicesAsked(transaction, tenant, request, now, only);
  if (asked === undefined) return [];
  const { rows } = await sql<Place>`select d.id, ${PLACE} ${asked} limit ${limit}`.execute(transaction);
  return rows;
}

/**
 * From where, which and in what order; nothing where there can be none.
 * @param only the ids of the devices among which is looked, if not all are.
 */
export async function devicesAsked(
  transaction: InventoryWork["sql"],
  tenant: string,
  request: ListDevicesRequest,
  now: Date,
  only?: readonly string[],
): Promise<RawBuilder<unknown> | undefined> {
  const software = request.software === "" ? undefined : await softwareCalled(transaction, tenant, request.software);
  if (software?.length === 0 || (request.labelId !== "" && !isUuid(request.labelId))) return undefined;
  const from = decodePageToken(request.pageToken, 2);
  const since = new Date(now.getTime() - ONLINE_MS);
  const conditions = [sql`d.tenant = ${tenant}`];
  if (only !== undefined) conditions.push(sql`d.id = any(${[...only]}::uuid[])`);
  if (!request.includeUnenrolled) conditions.push(sql`not d.unenrolled`);
  if (request.search.trim() !== "") conditions.push(sql`d.search like ${like(request.search.trim())}`);
  if (request.platform !== "PLATFORM_UNSPECIFIED") conditions.push(sql`d.platform = ${request.platform}`);
  if (request.labelId !== "") {
    conditions.push(sql`exists (select from label_members m
      where m.tenant = ${tenant} and m.label_id = ${request.labelId}::uuid and m.device_id = d.id)`);
  }
  if (request.osVersion !== "") conditions.push(sql`d.os_version = ${request.osVersion}`);
  if (software !== undefined) {
    conditions.push(sql`exists (select from software_holders s
      where s.tenant = ${tenant} and s.device_id = d.id and s.ids && ${software}::int[])`);
  }
  if (request.presence === "online") conditions.push(sql`d.last_seen_at > ${since} and not d.unenrolled`);
  else if (request.presence === "offline") conditions.push(sql`(d.last_seen_at <= ${since} or d.last_seen_at is null)`);
  else if (request.presence !== "") throw refuse("list.bad_presence", 'presence is "online", "offline" or empty');
  if (from !== undefined) {
    if (!isUuid(from[1] ?? "")) throw refuse("device.bad_id", "page_token is not one that this list gave");
    conditions.push(sql`(lower(d.display_name), d.id) > (${from[0]}, ${from[1]}::uuid)`);
  }
  return sql`from device_list d where ${sql.join(conditions, sql` and `)} order by lower(d.display_name), d.id`;
}

/** The numbers of a program's versions. Asked for first, for how a list is best read depends on how many devices have it. */
async function softwareCalled(transaction: InventoryWork["sql"], tenant: string, name: string): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from software where tenant = ${tenant} and name = ${name} and device_count > 0`.execute(transaction);
  return column(rows, "id");
}

/** One device by its id, or by a hostname, serial number or hardware UUID that only one managed device has. */
export async function getDevice(work: InventoryWork, tenant: string, name: string, now: Date): Promise<Device> {
  const wanted = name.trim().toLowerCase();
  if (wanted === "")
    throw refuse("device.bad_id", "say which device: its id, hostname, serial number or hardware UUID");
  if (isUuid(wanted)) {
    const { rows } = await sql<DeviceRow>`
      select ${DEVICE_COLUMNS} from device_list d where d.tenant = ${tenant} and d.id = ${wanted}::uuid`.execute(
      work.sql,
    );
    if (rows[0] !== undefined) return deviceOf(rows[0], now);
  }
  const { rows } = await sql<DeviceRow>`
    select ${DEVICE_COLUMNS} from device_list d where d.tenant = ${tenant} and (lower(d.hostname) = ${wanted}
      or lower(d.hardware_serial) = ${wanted} or lower(d.hardware_uuid) = ${wanted})
    order by d.unenrolled, d.id limit 2`.execute(work.sql);
  const [first, second] = rows;
  if (first === undefined) throw refuse("device.unknown", `there is no device "${name}"`);
  if (second !== undefined && second.unenrolled === first.unenrolled) {
    throw refuse("device.ambiguous", `more than one device is called "${name}"; use its id`);
  }
  return deviceOf(first, now);
}

/** The id of a device that is there; every other question about it begins with this. */
export async function requireDevice({ sql: transaction }: InventoryWork, tenant: string, id: string): Promise<string> {
  const wanted = id.trim().toLowerCase();
  if (!isUuid(wanted)) throw refuse("device.bad_id", `"${id}" is not a device's id`);
  const { rows } = await sql`select 1 from devices where tenant = ${tenant} and id = ${wanted}::uuid`.execute(
    transaction,
  );
  if (rows.length === 0) throw refuse("device.unknown", `there is no device ${wanted}`);
  return wanted;
}

interface CountRow {
  platform: Platform;
  os_name: string;
  os_version: string;
  count: string;
  online: string;
}

export async function countDevices(
  { sql: transaction }: InventoryWork,
  tenant: string,
  now: Date,
): Promise<DeviceCount[]> {
  const { rows } = await sql<CountRow>`
    select d.platform, d.os_name, d.os_version, count(*) as count,
      count(*) filter (where p.last_seen_at > ${new Date(now.getTime() - ONLINE_MS)}) as online
    from devices d left join presence p on p.tenant = d.tenant and p.device_id = d.id
    where d.tenant = ${tenant} and not d.unenrolled
    group by 1, 2, 3 order by 1, 2, 3`.execute(transaction);
  return rows.map(({ platform, os_name, os_version, count, online }) => ({
    platform,
    osName: os_name,
    osVersion: os_version,
    count: Number(count),
    online: Number(online),
  }));
}
