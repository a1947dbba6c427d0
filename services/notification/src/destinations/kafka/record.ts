import type { EventFormat } from "@muster/event-formats/render";
import type { OutgoingEvent } from "../../domain/outgoing-event.ts";

/** One event as a record. */
export interface EventRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What is about one device has one key, and so keeps its order. */
export const keyOf = ({ deviceId, tenant }: OutgoingEvent): string => deviceId || tenant;

/**
 * An event as CloudEvents binds it to Kafka, in binary mode ("Kafka Protocol Binding" 1.0.2, §3.2): its attributes are headers
 * `ce_…`, and the value is its data. Beside another format the attributes say what the value is about.
 */
export function recordOf(event: OutgoingEvent, format: EventFormat): EventRecord {
  const key = keyOf(event);
  if (format === "cloudevents") {
    const { data, datacontenttype, ...attributes } = JSON.parse(event.text) as Record<string, unknown>;
    return { key, value: JSON.stringify(data), headers: headersOf(attributes, String(datacontenttype)) };
  }
  const { id, type, source, tenant, time, deviceId: subject, actor, position, text } = event;
  const attributes = {
    specversion: "1.0",
    id,
    source,
    type,
    subject,
    time: time.toISOString(),
    tenant,
    actor,
    position,
  };
  const contentType = format === "cef" ? "text/plain; charset=utf-8" : "application/json";
  return { key, value: text, headers: headersOf(attributes, contentType) };
}

const headersOf = (attributes: Readonly<Record<string, unknown>>, contentType: string): Record<string, string> => ({
  "content-type": contentType,
  ...Object.fromEntries(
    Object.entries(attributes)
      .filter(([, value]) => value !== "")
      .map(([name, value]) => [`ce_${name}`, String(value)]),
  ),
});
