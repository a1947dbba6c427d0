import { decodePageToken, pageSize, toPage } from "@muster/postgres/page";
import { sql, type Transaction } from "kysely";
import type { NotificationTables } from "./tables.ts";

type Db = Transaction<NotificationTables>;

export interface DeadLetterRow {
  event_id: string;
  event_type: string;
  event_time: Date;
  xid: string;
  seq: string;
  reason: string;
  failed_at: Date;
  replaying: boolean;
}

/** One page of a sink's dead letters, newest first. */
export async function listDeadLetters(
  db: Db,
  tenant: string,
  sinkId: string,
  query: { readonly pageSize: number; readonly pageToken: string },
): Promise<{ rows: DeadLetterRow[]; nextPageToken: string }> {
  const size = pageSize(query.pageSize);
  const [failedAt, eventId] = decodePageToken(query.pageToken, 2) ?? [null, null];
  const { rows } = await sql<DeadLetterRow>`
    select event_id, event_type, event_time, xid::text, seq::text, reason, failed_at, replaying
    from sink_dead_letters where tenant = ${tenant} and sink_id = ${sinkId}
      and (${failedAt}::timestamptz is null or (failed_at, event_id) < (${failedAt}::timestamptz, ${eventId}::uuid))
    order by failed_at desc, event_id desc limit ${size + 1}`.execute(db);
  return toPage(rows, size, (last) => [last.failed_at.toISOString(), last.event_id]);
}

export async function countDead(db: Db, tenant: string, sinkId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from sink_dead_letters where tenant = ${tenant} and sink_id = ${sinkId}`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Exactly these, or all when none is named. */
const chosen = (tenant: string, sinkId: string, eventIds: readonly string[]) => sql`
  tenant = ${tenant} and sink_id = ${sinkId} and (${eventIds.length === 0} or event_id = any(${[...eventIds]}::uuid[]))`;

/** Marks dead letters to be sent once more; returns how many. */
export async function markReplaying(
  db: Db,
  tenant: string,
  sinkId: string,
  eventIds: readonly string[],
): Promise<number> {
  const { numAffectedRows } = await sql`
    update sink_dead_letters set replaying = true where ${chosen(tenant, sinkId, eventIds)}`.execute(db);
  return Number(numAffectedRows);
}

export async function dropDeadLetters(
  db: Db,
  tenant: string,
  sinkId: string,
  eventIds: readonly string[],
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from sink_dead_letters where ${chosen(tenant, sinkId, eventIds)}`.execute(db);
  return Number(numAffectedRows);
}
