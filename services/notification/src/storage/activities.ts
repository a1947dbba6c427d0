import { jsonTexts } from "@muster/postgres/json-texts";
import { sql, type Transaction } from "kysely";
import { DELIVERY_COLUMNS, DELIVERY_VALUES, WANTS } from "./fan-out.ts";
import type { NotificationTables } from "./tables.ts";

export interface NewActivity {
  readonly id: string;
  readonly tenant: string;
  readonly type: string;
  readonly source: string;
  readonly deviceId: string;
  readonly actor: string;
  readonly time: Date;
  readonly traceparent: string;
  /** The event's body, proto3 JSON. */
  readonly data: string;
}

/**
 * Keeps events in the order given, and addresses each to the webhooks that want it: one statement for all.
 * @returns how many deliveries that makes.
 */
export async function recordActivities(
  db: Transaction<NotificationTables>,
  activities: readonly NewActivity[],
): Promise<number> {
  const column = <T>(value: (each: NewActivity) => T) => activities.map(value);
  const { numAffectedRows = 0n } = await sql`
    with a as (
      insert into activities (tenant, id, type, source, device_id, actor, time, traceparent, data)
      select tenant, id, type, source, device_id, actor, time, traceparent, data
      from unnest(${column((each) => each.tenant)}::text[], ${column((each) => each.id)}::uuid[], ${column((each) => each.type)}::text[],
        ${column((each) => each.source)}::text[], ${column((each) => each.deviceId)}::text[], ${column((each) => each.actor)}::text[],
        ${column((each) => each.time)}::timestamptz[], ${column((each) => each.traceparent)}::text[],
        ${jsonTexts(column((each) => each.data))}::jsonb[])
        with ordinality as n (tenant, id, type, source, device_id, actor, time, traceparent, data, place)
      order by place
      -- A body is long, and is looked into only where it may say which webhook an event is about.
      returning tenant, xid, seq, id, type, device_id, time, traceparent, received_at,
        case when type like 'muster.notification.v1.Sink%' then data end as data
    )
    insert into deliveries (${DELIVERY_COLUMNS})
    select ${DELIVERY_VALUES} from a join webhooks w on w.tenant = a.tenant and w.enabled and ${WANTS}
    order by a.seq on conflict do nothing`.execute(db);
  return Number(numAffectedRows);
}

export interface LabelNews {
  readonly tenant: string;
  readonly deviceId: string;
  readonly version: number;
  readonly labelIds: readonly string[];
}

/** Notes which labels devices carry; of several news of one device the newest counts. */
export async function applyLabels(db: Transaction<NotificationTables>, news: readonly LabelNews[]): Promise<void> {
  await sql`
    insert into device_labels as d (tenant, device_id, version, label_ids)
    select distinct on (n.tenant, n.device_id) n.tenant, n.device_id, n.version, array(select jsonb_array_elements_text(n.labels))
    from unnest(${news.map((each) => each.tenant)}::text[], ${news.map((each) => each.deviceId)}::text[],
      ${news.map((each) => each.version)}::bigint[], ${news.map((each) => JSON.stringify(each.labelIds))}::jsonb[])
      as n (tenant, device_id, version, labels)
    order by n.tenant, n.device_id, n.version desc
    on conflict (tenant, device_id) do update set version = excluded.version, label_ids = excluded.label_ids
    where d.version < excluded.version`.execute(db);
}
