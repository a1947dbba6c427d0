import { subjectOf } from "@muster/contracts/event";
import { openSpan, SpanKind, traceOf } from "@muster/host/telemetry";
import type { EventEnvelope } from "./event-message.ts";

export interface PublishSpans {
  /** Ends the spans when the work does, as failed when it fails. */
  during<T>(work: Promise<T>): Promise<T>;
}

/**
 * One span for each traced event of a batch, below the work that made the event. They begin and end together; an event
 * that is not traced costs nothing.
 */
export function startPublishSpans(events: readonly EventEnvelope[]): PublishSpans {
  const ends = events
    .filter((event) => event.traceparent !== "")
    .map((event) =>
      openSpan(`publish ${event.type}`, {
        kind: SpanKind.PRODUCER,
        parent: traceOf({ traceparent: event.traceparent }),
        attributes: {
          "messaging.system": "nats",
          "messaging.operation.type": "send",
          "messaging.operation.name": "publish",
          "messaging.destination.template": subjectOf("*", event.type),
          "messaging.message.id": event.id,
        },
      }),
    );
  return {
    during: async (work) => {
      try {
        const result = await work;
        for (const end of ends) end();
        return result;
      } catch (error) {
        for (const end of ends) end(error);
        throw error;
      }
    },
  };
}
