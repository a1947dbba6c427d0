import type { Fact } from "@muster/contracts/gen/muster/inventory/v1/device";
import type {
  ListFactHistoryRequest,
  ListFactHistoryResponse,
} from "@muster/contracts/gen/muster/inventory/v1/device_service";
import { decodePageToken, pageSize, toPage } from "@muster/postgres/page";
import { sql } from "kysely";
import type { InventoryWork } from "./schema.ts";

interface FactRow {
  name: string;
  value: unknown;
  version: string;
  since: Date;
  until: Date | null;
}

const factOf = ({ name, value, version, since, until }: FactRow): Fact => ({
  name,
  value,
  version: Number(version),
  since,
  until: until ?? undefined,
});

/** A device's facts as they are, or as they were at a time: each value that had begun and had not ended. */
export async function listFacts(
  { sql: transaction }: InventoryWork,
  tenant: string,
  deviceId: string,
  asOf: Date | undefined,
): Promise<Fact[]> {
  const present = sql`select name, value, version, since, null::timestamptz as until from facts
    where tenant = ${tenant} and device_id = ${deviceId}`;
  const { rows } =
    asOf === undefined
      ? await sql<FactRow>`${present} order by name`.execute(transaction)
      : await sql<FactRow>`
          ${present} and since <= ${asOf}
          union all
          select name, value, version, since, until from fact_history
          where tenant = ${tenant} and device_id = ${deviceId} and since <= ${asOf} and until > ${asOf}
          order by name`.execute(transaction);
  return rows.map(factOf);
}

/** Every value one fact ever had, newest first. */
export async function listFactHistory(
  { sql: transaction }: InventoryWork,
  tenant: string,
  { deviceId, name, pageSize: asked, pageToken }: ListFactHistoryRequest,
): Promise<ListFactHistoryResponse> {
  const size = pageSize(asked);
  const before = Number(decodePageToken(pageToken, 1)?.[0] ?? Number.MAX_SAFE_INTEGER);
  const { rows } = await sql<FactRow>`
    select * from (
      select name, value, version, since, null::timestamptz as until from facts
        where tenant = ${tenant} and device_id = ${deviceId} and name = ${name}
      union all
      select name, value, version, since, until from fact_history
        where tenant = ${tenant} and device_id = ${deviceId} and name = ${name}) f
    where version < ${Number.isFinite(before) ? before : 0} order by version desc limit ${size + 1}`.execute(
    transaction,
  );
  const page = toPage(rows, size, (last) => [last.version]);
  return { facts: page.rows.map(factOf), nextPageToken: page.nextPageToken };
}
