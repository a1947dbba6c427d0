import { subjectOf } from "@muster/contracts/event";
import { inSpan, SpanKind, traceOf } from "@muster/host/telemetry";
import type { JetStreamClient } from "@nats-io/jetstream";
import { type EventEnvelope, headersOf } from "./event-message.ts";

export interface PublishableEvent extends EventEnvelope {
  /** The event's body, proto3 JSON. */
  readonly body: string;
}

/** How many publishes wait for their acknowledgement at once; beyond this the client gains nothing. */
const WINDOW = 256;
const ATTEMPTS = 5;

/**
 * Publishes events in order and waits until the server holds all of them. Each is sent with its id, so that sending
 * again what may already be there does no harm.
 */
export async function publishEvents(jetstream: JetStreamClient, events: readonly PublishableEvent[]): Promise<void> {
  for (let start = 0; start < events.length; start += WINDOW) {
    await Promise.all(events.slice(start, start + WINDOW).map((event) => publishOne(jetstream, event)));
  }
}

async function publishOne(jetstream: JetStreamClient, event: PublishableEvent): Promise<void> {
  const send = () =>
    jetstream.publish(subjectOf(event.tenant, event.type), event.body, {
      headers: headersOf(event),
      retries: ATTEMPTS,
    });
  if (event.traceparent === "") {
    await send();
    return;
  }
  const attributes = {
    "messaging.system": "nats",
    "messaging.operation.type": "send",
    "messaging.operation.name": "publish",
    "messaging.destination.template": subjectOf("*", event.type),
    "messaging.message.id": event.id,
  };
  await inSpan(
    `publish ${event.type}`,
    { kind: SpanKind.PRODUCER, parent: traceOf({ traceparent: event.traceparent }), attributes },
    send,
  );
}
