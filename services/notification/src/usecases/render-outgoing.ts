import { type EventFormat, render } from "@muster/event-formats/render";
import { traceIdOf } from "@muster/event-formats/trace-id";
import type { OutgoingEvent } from "../domain/outgoing-event.ts";
import { positionText } from "../domain/position.ts";
import type { StreamRow } from "../storage/activity-lists.ts";
import { toldEventOf } from "../storage/told-event.ts";

const LONGEST_FLAW = 500;

/** An activity in the format of whom it goes to, or with the reason why it cannot be told in it: that is its own, and stops no other. */
export function renderOutgoing(
  { tenant, format }: { readonly tenant: string; readonly format: EventFormat },
  row: StreamRow,
  traceparent = row.traceparent,
): OutgoingEvent {
  const event = {
    id: row.id,
    type: row.type,
    tenant,
    time: row.time,
    source: row.source,
    deviceId: row.device_id,
    actor: row.actor,
    traceId: traceIdOf(row.traceparent),
    position: positionText(row),
  };
  try {
    return { ...event, text: render(format, { ...toldEventOf(tenant, row), traceparent }) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ...event, text: "", flaw: `cannot be told as ${format}: ${why}`.slice(0, LONGEST_FLAW) };
  }
}
