import { decodePageToken, pageSize, toPage } from "@muster/postgres/page";
import { sql, type Transaction } from "kysely";
import { DELIVERY_COLUMNS, DELIVERY_VALUES, WANTS } from "./fan-out.ts";
import type { NotificationTables } from "./tables.ts";

type Db = Transaction<NotificationTables>;

export interface DeliveryRow {
  seq: string;
  id: string;
  webhook_id: string;
  event_id: string;
  event_type: string;
  event_time: Date;
  state: string;
  attempts: number;
  last_status: number;
  last_error: string;
  next_attempt_at: Date;
  delivered_at: Date | null;
}

export interface DeliveryQuery {
  readonly webhookId: string;
  /** Only deliveries in this state; empty means all. */
  readonly state: string;
  readonly pageSize: number;
  readonly pageToken: string;
}

/** One page of a webhook's deliveries, newest first. */
export async function listDeliveries(
  db: Db,
  tenant: string,
  query: DeliveryQuery,
): Promise<{ rows: DeliveryRow[]; nextPageToken: string }> {
  const size = pageSize(query.pageSize);
  const [before] = decodePageToken(query.pageToken, 1) ?? [null];
  const { rows } = await sql<DeliveryRow>`
    select seq::text, id, webhook_id, event_id, event_type, event_time, state, attempts, last_status, last_error,
      next_attempt_at, delivered_at
    from deliveries where tenant = ${tenant} and webhook_id = ${query.webhookId}
      and (${query.state} = '' or state = ${query.state}) and (${before}::bigint is null or seq < ${before}::bigint)
    order by seq desc limit ${size + 1}`.execute(db);
  return toPage(rows, size, (last) => [last.seq]);
}

const ANEW = sql`state = 'DELIVERY_STATE_PENDING', attempts = 0, next_attempt_at = now(), delivered_at = null`;

/** Makes exactly these deliveries due anew; returns how many there are. */
export async function replayDeliveries(
  db: Db,
  tenant: string,
  webhookId: string,
  ids: readonly string[],
): Promise<number> {
  const { numAffectedRows } = await sql`
    update deliveries set ${ANEW} where tenant = ${tenant} and webhook_id = ${webhookId} and id = any(${ids}::uuid[])`.execute(
    db,
  );
  return Number(numAffectedRows);
}

export async function replayDead(db: Db, tenant: string, webhookId: string): Promise<number> {
  const { numAffectedRows } = await sql`
    update deliveries set ${ANEW}
    where tenant = ${tenant} and webhook_id = ${webhookId} and state = 'DELIVERY_STATE_DEAD'`.execute(db);
  return Number(numAffectedRows);
}

/** Makes everything due that the webhook wants and that happened in a span of time, sent before or not. */
export async function replaySpan(db: Db, tenant: string, webhookId: string, since: Date, until: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into deliveries (${DELIVERY_COLUMNS})
    select ${DELIVERY_VALUES} from activities a join webhooks w on w.tenant = a.tenant and w.id = ${webhookId} and ${WANTS}
    where a.tenant = ${tenant} and a.time >= ${since} and a.time < ${until}
    order by a.xid, a.seq
    on conflict (tenant, webhook_id, event_id) do update set ${ANEW}`.execute(db);
  return Number(numAffectedRows);
}
