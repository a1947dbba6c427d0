import { subjectOf } from "@muster/contracts/event";
import { inSpan, openSpan, SpanKind, sendsTraces, traceOf } from "@muster/host/telemetry";
import { ATTRIBUTE, SPAN } from "@muster/host/telemetry-names";
import type { NatsConnection } from "@nats-io/transport-node";
import type { EventEnvelope } from "./event-message.ts";

export interface PublishSpans {
  /** Ends the spans when the work does, as failed when it fails. */
  during<T>(work: Promise<T>): Promise<T>;
}

const PUBLISH = {
  [ATTRIBUTE.messagingSystem]: "nats",
  [ATTRIBUTE.messagingOperationType]: "send",
  [ATTRIBUTE.messagingOperation]: "publish",
};

/** A round trip to the server in such a span, which shows that they are made; it publishes nothing. */
export const flushInSpan = (bus: NatsConnection): Promise<void> =>
  inSpan(SPAN.publish("nothing"), { kind: SpanKind.PRODUCER, attributes: PUBLISH }, () => bus.flush());

/**
 * One span for each traced event of a batch, below the work that made the event. They begin and end together. Every event has
 * a trace's place, whether or not that is sent anywhere: where it is not, none of this is done.
 */
export function startPublishSpans(events: readonly EventEnvelope[]): PublishSpans {
  const ends = (sendsTraces() ? events : [])
    .filter((event) => event.traceparent !== "")
    .map((event) =>
      openSpan(SPAN.publish(event.type), {
        kind: SpanKind.PRODUCER,
        parent: traceOf({ traceparent: event.traceparent }),
        attributes: {
          ...PUBLISH,
          [ATTRIBUTE.messagingDestination]: subjectOf(event.tenant, event.type),
          [ATTRIBUTE.messagingDestinationTemplate]: subjectOf("*", event.type),
          [ATTRIBUTE.messagingMessageId]: event.id,
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
