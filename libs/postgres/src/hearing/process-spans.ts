import { currentTrace, inSpan, SpanKind, traceOf } from "@muster/host/telemetry";
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
    "messaging.system": "nats",
    "messaging.operation.type": "process",
    "messaging.operation.name": "process",
    "messaging.consumer.group.name": consumer,
    "messaging.message.id": event.id,
  };
  await inSpan(
    `process ${event.type}`,
    { kind: SpanKind.CONSUMER, parent: traceOf({ traceparent: event.traceparent }), attributes },
    () => inProcessSpans(consumer, events, work, [...traced, { ...event, trace: currentTrace() }]),
  );
}
