import type {
  Answer,
  ListLiveQueriesRequest,
  ListLiveQueriesResponse,
  LiveQuery,
} from "@muster/contracts/gen/muster/inventory/v1/live_query_service";
import { decodePageToken, pageSize, toPage } from "@muster/postgres/page";
import { sql } from "kysely";
import { isUuid } from "../domain/query-name.ts";
import { refuse } from "../domain/refusals.ts";
import type { OsqueryRow } from "../domain/rows.ts";
import type { Selection } from "../domain/selection.ts";
import { emitLiveQueryEnded, type LiveQueryRow, liveQueryOf } from "./live-query-row.ts";
import { column, type InventoryDatabase, type InventoryWork } from "./schema.ts";
import { noteWorkChanged } from "./work-changes.ts";

export interface NewLiveQuery {
  readonly id: string;
  readonly tenant: string;
  readonly sql: string;
  readonly selection: Selection;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface StartedLiveQuery {
  readonly liveQuery: LiveQuery;
  readonly deviceIds: readonly string[];
}

/** Starts a live query and fixes its targets: managed devices that the organisation owns. */
export async function startLiveQuery(work: InventoryWork, query: NewLiveQuery): Promise<StartedLiveQuery> {
  const { tenant, id, selection } = query;
  await refuseUnknownNames(work, tenant, selection);
  const conditions = [sql`tenant = ${tenant}`, sql`not unenrolled`, sql`ownership <> 'OWNERSHIP_PERSONAL'`];
  if (selection.deviceIds.length > 0) conditions.push(sql`id = any(${selection.deviceIds}::uuid[])`);
  if (selection.labelIds.length > 0) conditions.push(sql`label_ids && ${selection.labelIds}::text[]`);
  if (selection.platforms.length > 0) conditions.push(sql`platform = any(${selection.platforms}::text[])`);
  const targets = await sql<{ device_id: string }>`
    insert into live_targets (tenant, query_id, device_id)
    select ${tenant}, ${id}, id from devices where ${sql.join(conditions, sql` and `)}
    returning device_id`.execute(work.sql);
  const count = targets.rows.length;
  const [state, endedAt] = count === 0 ? ["completed", query.createdAt] : ["running", null];
  const { rows } = await sql<LiveQueryRow>`
    insert into live_queries (tenant, id, sql, selection, state, targets, created_by, created_at, expires_at, ended_at)
    values (${tenant}, ${id}, ${query.sql}, ${JSON.stringify(selection)}::jsonb, ${state}, ${count}, ${query.createdBy},
      ${query.createdAt}, ${query.expiresAt}, ${endedAt}) returning *`.execute(work.sql);
  const row = rows[0] as LiveQueryRow;
  if (count === 0) emitLiveQueryEnded(work, row, query.createdBy);
  const deviceIds = column(targets.rows, "device_id");
  await noteWorkChanged(
    work,
    deviceIds.map((deviceId) => ({ tenant, deviceId })),
  );
  return { liveQuery: liveQueryOf(row), deviceIds };
}

async function refuseUnknownNames(work: InventoryWork, tenant: string, { deviceIds }: Selection): Promise<void> {
  const bad = deviceIds.find((id) => !isUuid(id));
  if (bad !== undefined) throw refuse("device.bad_id", `"${bad}" is not a device's id`);
  if (deviceIds.length === 0) return;
  const { rows } = await sql<{ id: string; ownership: string | null; unenrolled: boolean | null }>`
    select n.id, d.ownership, d.unenrolled from unnest(${deviceIds}::uuid[]) as n (id)
    left join devices d on d.tenant = ${tenant} and d.id = n.id
    where d.id is null or d.unenrolled or d.ownership = 'OWNERSHIP_PERSONAL' limit 1`.execute(work.sql);
  const [first] = rows;
  if (first === undefined) return;
  if (first.ownership === null) throw refuse("device.unknown", `there is no device ${first.id}`);
  if (first.unenrolled === true) throw refuse("device.unenrolled", `device ${first.id} is no longer managed`);
  throw refuse("device.personal", `device ${first.id} is a person's own: it is not asked free questions`);
}

export async function getLiveQuery(work: InventoryWork, tenant: string, id: string): Promise<LiveQuery> {
  const wanted = id.trim().toLowerCase();
  const { rows } = isUuid(wanted)
    ? await sql<LiveQueryRow>`select * from live_queries where tenant = ${tenant} and id = ${wanted}`.execute(work.sql)
    : { rows: [] };
  if (rows[0] === undefined) throw refuse("live_query.unknown", `there is no live query ${id}`);
  return liveQueryOf(rows[0]);
}

export async function listLiveQueries(
  work: InventoryWork,
  tenant: string,
  { pageSize: asked, pageToken }: ListLiveQueriesRequest,
): Promise<ListLiveQueriesResponse> {
  const size = pageSize(asked);
  // Ids are UUIDs of version 7: their order is the order of their making.
  const before = decodePageToken(pageToken, 1)?.[0] ?? "ffffffff-ffff-ffff-ffff-ffffffffffff";
  if (!isUuid(before)) throw refuse("live_query.unknown", "page_token is not one that this list gave");
  const { rows } = await sql<LiveQueryRow>`
    select * from live_queries where tenant = ${tenant} and id < ${before} order by id desc limit ${size + 1}`.execute(
    work.sql,
  );
  const page = toPage(rows, size, (last) => [last.id]);
  return { liveQueries: page.rows.map(liveQueryOf), nextPageToken: page.nextPageToken };
}

/** Ends a live query that runs; one that has ended stays as it ended. */
export async function stopLiveQuery(
  work: InventoryWork,
  tenant: string,
  id: string,
  actor: string,
  now: Date,
): Promise<LiveQuery> {
  const { id: known } = await getLiveQuery(work, tenant, id);
  const { rows } = await sql<LiveQueryRow>`
    update live_queries set state = 'stopped', ended_at = ${now}
    where tenant = ${tenant} and id = ${known} and state = 'running' returning *`.execute(work.sql);
  if (rows[0] === undefined) return getLiveQuery(work, tenant, known);
  emitLiveQueryEnded(work, rows[0], actor);
  return liveQueryOf(rows[0]);
}

/** Ends what ran out of time, and removes what ended long ago. Returns what ended now. */
export const sweepLiveQueries = (database: InventoryDatabase, now: Date): Promise<LiveQueryRow[]> =>
  database.system(async (work) => {
    const { rows } = await sql<LiveQueryRow>`
      update live_queries set state = 'expired', ended_at = ${now}
      where state = 'running' and expires_at <= ${now} returning *`.execute(work.sql);
    for (const row of rows) emitLiveQueryEnded(work, row);
    return rows;
  });

interface AnswerRow {
  answer_no: string;
  device_id: string;
  display_name: string;
  rows: OsqueryRow[];
  error: string;
  answered_at: Date;
  truncated: boolean;
}

export interface NumberedAnswer {
  readonly number: number;
  readonly answer: Answer;
}

/** The answers after a number, in the order of their numbers. */
export async function readAnswers(
  work: InventoryWork,
  tenant: string,
  id: string,
  after: number,
  limit: number,
): Promise<NumberedAnswer[]> {
  const { rows } = await sql<AnswerRow>`
    select l.answer_no, l.device_id, d.display_name, l.rows, l.error, l.answered_at, l.truncated
    from live_targets l join devices d on d.tenant = l.tenant and d.id = l.device_id
    where l.tenant = ${tenant} and l.query_id = ${id} and l.answer_no > ${after}
    order by l.answer_no limit ${limit}`.execute(work.sql);
  return rows.map((row) => ({
    number: Number(row.answer_no),
    answer: {
      deviceId: row.device_id,
      displayName: row.display_name,
      rows: row.rows.map((columns) => ({ columns: { ...columns } })),
      error: row.error,
      answeredAt: row.answered_at,
      truncated: row.truncated,
    },
  }));
}
