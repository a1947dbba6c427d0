import type {
  ListQueryResultsRequest,
  ListQueryResultsResponse,
} from "@muster/contracts/gen/muster/inventory/v1/osquery_service";
import { decodePageToken, pageSize, toPage } from "@muster/postgres/page";
import { sql } from "kysely";
import { isUuid } from "../domain/query-name.ts";
import { refuse } from "../domain/refusals.ts";
import type { InventoryWork } from "./schema.ts";

interface ResultRow {
  id: string;
  device_id: string;
  name: string;
  action: string;
  rows: unknown;
  ran_at: Date;
}

/** What scheduled queries logged, newest first. */
export async function listQueryResults(
  work: InventoryWork,
  tenant: string,
  { deviceId, name, pageSize: asked, pageToken }: ListQueryResultsRequest,
): Promise<ListQueryResultsResponse> {
  const size = pageSize(asked);
  const before = decodePageToken(pageToken, 1)?.[0];
  const conditions = [sql`tenant = ${tenant}`];
  if (deviceId !== "") {
    if (!isUuid(deviceId)) throw refuse("device.bad_id", `"${deviceId}" is not a device's id`);
    conditions.push(sql`device_id = ${deviceId}`);
  }
  if (name !== "") conditions.push(sql`name = ${name}`);
  if (before !== undefined) conditions.push(sql`id < ${/^\d{1,18}$/.test(before) ? before : "0"}::bigint`);
  const { rows } = await sql<ResultRow>`
    select id, device_id, name, action, rows, ran_at from query_results where ${sql.join(conditions, sql` and `)}
    order by id desc limit ${size + 1}`.execute(work.sql);
  const page = toPage(rows, size, (last) => [last.id]);
  return {
    results: page.rows.map((row) => ({
      deviceId: row.device_id,
      name: row.name,
      action: row.action,
      rows: row.rows,
      ranAt: row.ran_at,
    })),
    nextPageToken: page.nextPageToken,
  };
}
