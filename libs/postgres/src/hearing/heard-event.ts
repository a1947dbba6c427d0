import { type EventData, type EventType, isEventType } from "@muster/contracts/event";
import { type ArrivedEvent, dataOf, type EventEnvelope } from "@muster/eventbus/event-message";
import type { TraceCarrier } from "@muster/host/telemetry";

/** An event that arrived, with the trace that what follows from it belongs to. */
export type HeardEvent<T extends EventType = EventType> = T extends EventType
  ? Omit<EventEnvelope, "type"> & { readonly type: T; readonly data: EventData<T>; readonly trace: TraceCarrier }
  : never;

/** The event is none that this release can read; trying again changes nothing. */
export class UnreadableEvent extends Error {
  override readonly name = "UnreadableEvent";
}

export function readEvent({ body, ...envelope }: ArrivedEvent): HeardEvent {
  if (!isEventType(envelope.type)) throw new UnreadableEvent(`unknown event type "${envelope.type}"`);
  try {
    return { ...envelope, data: dataOf(envelope.type, JSON.parse(body)), trace: {} } as HeardEvent;
  } catch (cause) {
    throw new UnreadableEvent(`the body cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}
