import { subjectOf } from "@muster/contracts/event";
import { currentTrace, inSpan, SpanKind, traceOf } from "@muster/host/telemetry";
import { ATTRIBUTE, SPAN } from "@muster/host/telemetry-names";
import type { HeardEvent } from "./heard-event.ts";

/**
 * Works on events below their own traces; each is handed on with the trace that what follows from it belongs to. The
 * spans nest only in the code: each has its own parent.
 */
export async function inProcessSpans(
  consumer: string,
  events: readonly HeardEvent[],
  work: (traced: readonly HeardEvent[]) => Promise<void>,
  traced: readonly HeardEvent[] = [],
): Promise<void> {
  const event = events[traced.length];
  if (event === undefined) return work(traced);
  if (event.traceparent === "") return inProcessSpans(consumer, events, work, [...traced, event]);
  const attributes = {
    [ATTRIBUTE.messagingSystem]: "nats",
    [ATTRIBUTE.messagingOperationType]: "process",
    [ATTRIBUTE.messagingOperation]: "process",
    [ATTRIBUTE.messagingDestination]: subjectOf(event.tenant, event.type),
    [ATTRIBUTE.messagingDestinationTemplate]: subjectOf("*", event.type),
    [ATTRIBUTE.messagingConsumerGroup]: consumer,
    [ATTRIBUTE.messagingMessageId]: event.id,
  };
  await inSpan(
    SPAN.process(event.type),
    { kind: SpanKind.CONSUMER, parent: traceOf({ traceparent: event.traceparent }), attributes },
    () => inProcessSpans(consumer, events, work, [...traced, { ...event, trace: currentTrace() }]),
  );
}
