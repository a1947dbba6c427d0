import { type EventData, type EventType, isEventType } from "@muster/contracts/event";
import { type ArrivedEvent, dataOf, type EventEnvelope } from "@muster/eventbus/event-message";
import type { TraceCarrier } from "@muster/host/telemetry";

/** An event that arrived, with the trace that what follows from it belongs to; its body as it came, and as it reads. */
export type HeardEvent<T extends EventType = EventType> = T extends EventType
  ? Omit<EventEnvelope, "type"> & {
      readonly type: T;
      readonly body: string;
      readonly data: EventData<T>;
      readonly trace: TraceCarrier;
    }
  : never;

/** How the reason of a dead letter begins whose type the release that heard it did not know. */
export const UNKNOWN_TYPE = "unknown event type";

/** The event is none that this release can read; trying again changes nothing. */
export class UnreadableEvent extends Error {
  override readonly name = "UnreadableEvent";
}

export function readEvent(event: ArrivedEvent): HeardEvent {
  const { body, type } = event;
  if (!isEventType(type)) throw new UnreadableEvent(`${UNKNOWN_TYPE} "${type}"`);
  try {
    return { ...event, data: dataOf(type, membersIn(body)), trace: {} } as HeardEvent;
  } catch (cause) {
    throw new UnreadableEvent(`the body cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** In proto3 JSON a message is an object. */
function membersIn(body: string): unknown {
  const members: unknown = JSON.parse(body);
  if (typeof members !== "object" || members === null || Array.isArray(members)) throw new Error("it is no object");
  return members;
}
