import { sql } from "kysely";

/** Whether webhook w wants to hear of activity a. Of its own failing and recovery a receiver is not told. */
export const WANTS = sql`(
  (cardinality(w.type_patterns) = 0 or a.type like any(w.type_patterns))
  and (cardinality(w.label_ids) = 0 or exists (
    select 1 from device_labels l
    where l.tenant = a.tenant and l.device_id = a.device_id and l.label_ids && w.label_ids))
  and not (a.type like 'muster.notification.v1.Sink%' and a.data ->> 'webhookId' = w.id::text))`;

/** The columns of deliveries that are filled from activity a and webhook w. A delivery is as old as its activity, and goes with it. */
export const DELIVERY_COLUMNS = sql`tenant, webhook_id, event_id, event_type, event_time, activity_xid, activity_seq, traceparent, created_at`;
export const DELIVERY_VALUES = sql`a.tenant, w.id, a.id, a.type, a.time, a.xid, a.seq, a.traceparent, a.received_at`;
