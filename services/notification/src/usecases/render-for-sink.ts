import { type EventFormat, render } from "@muster/event-formats/render";
import { traceIdOf } from "@muster/event-formats/trace-id";
import type { OutgoingEvent } from "../domain/outgoing-event.ts";
import { positionText } from "../domain/position.ts";
import type { StreamRow } from "../storage/activity-lists.ts";
import { toldEventOf } from "../storage/told-event.ts";

/** An activity in a sink's format. Sinks learn no trace, for it would tie ours to what strangers send on. */
export const renderForSink = (tenant: string, format: EventFormat, row: StreamRow): OutgoingEvent => ({
  id: row.id,
  type: row.type,
  tenant,
  time: row.time,
  source: row.source,
  deviceId: row.device_id,
  actor: row.actor,
  traceId: traceIdOf(row.traceparent),
  position: positionText(row),
  text: render(format, { ...toldEventOf(tenant, row), traceparent: "" }),
});
