import type { ToldEvent } from "@muster/event-formats/told-event";
import { positionText } from "../domain/position.ts";
import type { StreamRow } from "./activity-lists.ts";
import { summaryOf } from "./known-device.ts";

/** An event of a tenant's stream with all that a format may tell of it. */
export const toldEventOf = (tenant: string, row: StreamRow): ToldEvent => ({
  id: row.id,
  type: row.type,
  tenant,
  source: row.source,
  time: row.time,
  deviceId: row.device_id,
  actor: row.actor,
  traceparent: row.traceparent,
  data: row.data,
  position: positionText(row),
  ...summaryOf(row.device),
});
