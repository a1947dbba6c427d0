import { decodeEvent, type EventData, type EventType, encodeEvent, serviceOf } from "@muster/contracts/event";
import type { JsMsg } from "@nats-io/jetstream";
import { headers, type MsgHdrs } from "@nats-io/transport-node";
import { headerValues } from "./header-values.ts";

/** An event as it stands in an outbox row and travels on the bus: CloudEvents 1.0 in binary mode. */
export interface EventEnvelope {
  /** UUID, version 7. It is the CloudEvents id, the deduplication id, and the inbox key. */
  readonly id: string;
  readonly type: EventType;
  readonly tenant: string;
  /** The device it is about; empty when it is about none. */
  readonly deviceId: string;
  /** Who caused it: a person, a token, a policy or a device; empty when the platform itself did. */
  readonly actor: string;
  readonly time: Date;
  /** W3C trace context of the work that made it; empty when it was not traced. */
  readonly traceparent: string;
}

const DEDUPLICATION_HEADER = "Nats-Msg-Id";

export function headersOf(event: EventEnvelope): MsgHdrs {
  const values = headers();
  // append, not set: set looks for the name first, and that is half of what a header costs.
  values.append(DEDUPLICATION_HEADER, event.id);
  values.append("ce-specversion", "1.0");
  values.append("ce-id", event.id);
  values.append("ce-type", event.type);
  values.append("ce-source", `/muster/${serviceOf(event.type)}`);
  values.append("ce-time", event.time.toISOString());
  values.append("content-type", "application/json");
  if (event.deviceId !== "") values.append("ce-subject", event.deviceId);
  // CloudEvents: header values are printable ASCII, the rest percent-encoded.
  if (event.actor !== "") values.append("ce-actor", encodeURIComponent(event.actor));
  if (event.traceparent !== "") values.append("traceparent", event.traceparent);
  return values;
}

/** An event as it came, from the bus or out of its publisher's outbox, before anybody has looked into it. */
export interface ArrivedEvent extends Omit<EventEnvelope, "type"> {
  readonly type: string;
  readonly body: string;
}

/** What a message of a stream says of itself; what it does not say is empty, and its place in the stream stands for an id. */
export function arrivedEvent(message: JsMsg): ArrivedEvent {
  const values = headerValues(message);
  const value = (name: string) => values.get(name) ?? "";
  const time = new Date(value("ce-time"));
  return {
    id: value("ce-id") || `${message.info.stream}:${message.seq}`,
    type: value("ce-type"),
    tenant: message.subject.split(".")[2] ?? "",
    deviceId: value("ce-subject"),
    actor: decoded(value("ce-actor")),
    time: Number.isNaN(time.getTime()) ? message.time : time,
    traceparent: value("traceparent"),
    body: textOf(message.data),
  };
}

const textOf = ({ buffer, byteOffset, length }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, length).toString();

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const bodyOf = <T extends EventType>(type: T, data: EventData<T>): string =>
  JSON.stringify(encodeEvent(type, data));

export const dataOf = <T extends EventType>(type: T, body: unknown): EventData<T> => decodeEvent(type, body);
