import { subjectOf } from "@muster/contracts/event";
import { inSpans, type NamedSpan, SpanKind, traceOf } from "@muster/host/telemetry";
import { ATTRIBUTE, SPAN } from "@muster/host/telemetry-names";
import type { HeardEvent } from "./heard-event.ts";

/** Works on events below their own traces; each is handed on with the trace that what follows from it belongs to. */
export function inProcessSpans(
  consumer: string,
  events: readonly HeardEvent[],
  work: (traced: readonly HeardEvent[]) => Promise<void>,
): Promise<void> {
  const traced = events.filter(({ traceparent }) => traceparent !== "");
  if (traced.length === 0) return work(events);
  return inSpans(
    traced.map((event) => spanOf(consumer, event)),
    (places) => {
      const traceOfEvent = new Map(traced.map(({ id }, index) => [id, places[index] ?? {}]));
      return work(events.map((event) => ({ ...event, trace: traceOfEvent.get(event.id) ?? event.trace })));
    },
  );
}

const spanOf = (consumer: string, { id, tenant, traceparent, type }: HeardEvent): NamedSpan => ({
  name: SPAN.process(type),
  kind: SpanKind.CONSUMER,
  parent: traceOf({ traceparent }),
  attributes: {
    [ATTRIBUTE.messagingSystem]: "nats",
    [ATTRIBUTE.messagingOperationType]: "process",
    [ATTRIBUTE.messagingOperation]: "process",
    [ATTRIBUTE.messagingDestination]: subjectOf(tenant, type),
    [ATTRIBUTE.messagingDestinationTemplate]: subjectOf("*", type),
    [ATTRIBUTE.messagingConsumerGroup]: consumer,
    [ATTRIBUTE.messagingMessageId]: id,
  },
});
