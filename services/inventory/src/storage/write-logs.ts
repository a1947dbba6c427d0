import { sql } from "kysely";
import type { LogLines, ResultLine } from "../domain/osquery-log.ts";
import { storable } from "../domain/rows.ts";
import { column, type DeviceKey, type InventoryDatabase, type InventoryWork, keyOf } from "./schema.ts";

export interface HostLog extends DeviceKey {
  readonly log: LogLines;
  readonly at: Date;
}

/** How many lines of one scheduled query of one device are kept. */
const LINES_EACH = 1_000;

type LoggedLine = ResultLine & DeviceKey & { readonly at: Date };

/** Keeps the log lines of many hosts: a few statements, however many they are. */
export const writeLogs = (database: InventoryDatabase, logs: readonly HostLog[]): Promise<void> =>
  database.system(async (work) => {
    const results = logs.flatMap(({ tenant, deviceId, at, log }) =>
      log.kind === "result" ? log.lines.map((line) => ({ ...line, tenant, deviceId, at })) : [],
    );
    if (results.length > 0) await writeResults(work, results);
    const status = logs.flatMap(({ tenant, deviceId, at, log }) =>
      log.kind === "status" ? log.lines.map((line) => ({ ...line, tenant, deviceId, at })) : [],
    );
    if (status.length > 0) {
      await sql`
        insert into status_logs (tenant, device_id, severity, message, place, received_at)
        select * from unnest(${column(status, "tenant")}::text[], ${column(status, "deviceId")}::uuid[],
          ${column(status, "severity")}::int[], ${column(status, "message")}::text[], ${column(status, "place")}::text[],
          ${column(status, "at")}::timestamptz[])`.execute(work.sql);
    }
  });

/**
 * Lines are numbered for each device and query, by a counter that only this reads and writes. So what is beyond the cap
 * is found by its number and goes in the same transaction, and nothing counts what is there.
 */
async function writeResults(work: InventoryWork, results: readonly LoggedLine[]): Promise<void> {
  const byQuery = [...Map.groupBy(results, (line) => `${keyOf(line)}/${line.name}`)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, [first, ...others]]) => ({ key, ...(first as LoggedLine), lines: [first as LoggedLine, ...others] }));
  const { rows: counted } = await sql<{ key: string; last: string }>`
    insert into query_lines as l (tenant, device_id, name, last, last_at)
    select * from unnest(${column(byQuery, "tenant")}::text[], ${column(byQuery, "deviceId")}::uuid[],
      ${column(byQuery, "name")}::text[], ${byQuery.map(({ lines }) => lines.length)}::bigint[],
      ${column(byQuery, "at")}::timestamptz[])
    on conflict (tenant, device_id, name) do update set last = l.last + excluded.last, last_at = excluded.last_at
    returning l.tenant || '/' || l.device_id || '/' || l.name as key, last`.execute(work.sql);
  const lasts = new Map(counted.map(({ key, last }) => [key, Number(last)]));
  const numbered = byQuery.map((query) => ({ ...query, last: lasts.get(query.key) ?? 0 }));
  const written = numbered.flatMap(({ lines, last }) =>
    lines.map((line, index) => ({ ...line, number: last - lines.length + 1 + index })),
  );
  const rows = written.map((line) => JSON.stringify(line.rows, storableText));
  await sql`
    insert into query_results (tenant, device_id, name, action, rows, ran_at, received_at, line)
    select * from unnest(${column(written, "tenant")}::text[], ${column(written, "deviceId")}::uuid[],
      ${column(written, "name")}::text[], ${column(written, "action")}::text[], ${rows}::jsonb[],
      ${column(written, "ranAt")}::timestamptz[], ${column(written, "at")}::timestamptz[],
      ${column(written, "number")}::bigint[])`.execute(work.sql);
  const full = numbered.filter(({ last }) => last > LINES_EACH);
  if (full.length === 0) return;
  await sql`
    delete from query_results where ctid = any(array(
      select r.ctid from unnest(${column(full, "tenant")}::text[], ${column(full, "deviceId")}::uuid[],
        ${column(full, "name")}::text[], ${full.map(({ last }) => last - LINES_EACH)}::bigint[]) as k (tenant, device_id, name, upto)
      cross join lateral (
        select ctid from query_results
        where tenant = k.tenant and device_id = k.device_id and name = k.name and line <= k.upto) r))`.execute(
    work.sql,
  );
}

const storableText = (_key: string, value: unknown): unknown => (typeof value === "string" ? storable(value) : value);
