import { sql } from "kysely";
import type { LogLines } from "../domain/osquery-log.ts";
import { storable } from "../domain/rows.ts";
import { column, type DeviceKey, type InventoryDatabase } from "./schema.ts";

export interface HostLog extends DeviceKey {
  readonly log: LogLines;
  readonly at: Date;
}

/** Keeps the log lines of many hosts in one statement for results and one for status. */
export const writeLogs = (database: InventoryDatabase, logs: readonly HostLog[]): Promise<void> =>
  database.system(async (work) => {
    const results = logs.flatMap(({ tenant, deviceId, at, log }) =>
      log.kind === "result" ? log.lines.map((line) => ({ ...line, tenant, deviceId, at })) : [],
    );
    if (results.length > 0) {
      const rows = results.map((line) => JSON.stringify(line.rows, storableText));
      await sql`
        insert into query_results (tenant, device_id, name, action, rows, ran_at, received_at)
        select * from unnest(${column(results, "tenant")}::text[], ${column(results, "deviceId")}::uuid[],
          ${column(results, "name")}::text[], ${column(results, "action")}::text[], ${rows}::jsonb[],
          ${column(results, "ranAt")}::timestamptz[], ${column(results, "at")}::timestamptz[])`.execute(work.sql);
    }
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

const storableText = (_key: string, value: unknown): unknown => (typeof value === "string" ? storable(value) : value);

const RESULT_DAYS = 7;
const STATUS_HOURS = 24;
/** Much longer than a replica believes what it read of a host. */
const WORK_CHANGES_HOURS = 1;
const FACT_HISTORY_DAYS = 400;
const LIVE_QUERY_DAYS = 30;
/** How many lines of one scheduled query of one device are kept. */
const LINES_EACH = 1_000;

/** Removes what is older than it is kept, and of each device and scheduled query all but the newest lines. */
export const sweepOld = (database: InventoryDatabase, now: Date): Promise<void> =>
  database.system(async (work) => {
    const ago = (hours: number) => new Date(now.getTime() - hours * 3600_000);
    await sql`delete from query_results where received_at < ${ago(RESULT_DAYS * 24)}`.execute(work.sql);
    await sql`delete from status_logs where received_at < ${ago(STATUS_HOURS)}`.execute(work.sql);
    await sql`delete from work_changes where changed_at < ${ago(WORK_CHANGES_HOURS)}`.execute(work.sql);
    await sql`delete from fact_history where until < ${ago(FACT_HISTORY_DAYS * 24)}`.execute(work.sql);
    await sql`
      delete from query_results r using (
        select tenant, device_id, name, (array_agg(id order by id desc))[${LINES_EACH}] as oldest
        from query_results group by 1, 2, 3 having count(*) > ${LINES_EACH}) full_
      where r.tenant = full_.tenant and r.device_id = full_.device_id and r.name = full_.name and r.id < full_.oldest`.execute(
      work.sql,
    );
    const { rows } = await sql<{ tenant: string; id: string }>`
      delete from live_queries where state <> 'running' and ended_at < ${ago(LIVE_QUERY_DAYS * 24)} returning tenant, id`.execute(
      work.sql,
    );
    await sql`
      delete from live_targets where (tenant, query_id) in (
        select * from unnest(${column(rows, "tenant")}::text[], ${column(rows, "id")}::uuid[]))`.execute(work.sql);
  });
