import { sql } from "kysely";
import { isUuid } from "../domain/query-name.ts";
import { refuse } from "../domain/refusals.ts";
import type { Selection } from "../domain/selection.ts";
import { column, type InventoryWork } from "./schema.ts";

/** The ids of a tenant's managed devices that match, in their order, from after one on. */
export async function selectDevices(
  work: InventoryWork,
  tenant: string,
  { deviceIds, labelIds, platforms }: Selection,
  after: string | undefined,
  limit: number,
): Promise<readonly string[]> {
  const bad = deviceIds.find((id) => !isUuid(id));
  if (bad !== undefined) throw refuse("device.bad_id", `"${bad}" is not a device's id`);
  const conditions = [sql`tenant = ${tenant}`, sql`not unenrolled`];
  if (deviceIds.length > 0) conditions.push(sql`id = any(${deviceIds}::uuid[])`);
  if (labelIds.length > 0) conditions.push(sql`label_ids && ${labelIds}::text[]`);
  if (platforms.length > 0) conditions.push(sql`platform = any(${platforms}::text[])`);
  if (after !== undefined) conditions.push(sql`id > ${after}::uuid`);
  const { rows } = await sql<{ id: string }>`
    select id from devices where ${sql.join(conditions, sql` and `)} order by id limit ${limit}`.execute(work.sql);
  return column(rows, "id");
}
