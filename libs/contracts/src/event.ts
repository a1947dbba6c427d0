import { events } from "./gen/events.ts";

/** The full proto name of an event: message, ce-type, span attribute and heading in the docs are this one name. */
export type EventType = keyof typeof events;

/** The message that an event of this type carries. */
export type EventData<T extends EventType> = ReturnType<(typeof events)[T]["fromJSON"]>;

export type EventService = "enrollment" | "command" | "inventory" | "policy" | "notification" | "gateway";

export const isEventType = (type: string): type is EventType => Object.hasOwn(events, type);

/** The service that publishes an event: the second part of its name. */
export const serviceOf = (type: EventType): EventService => type.split(".")[1] as EventService;

/** Where an event is published: evt.v1.<tenant>.<service>.<Event>. */
export const subjectOf = (tenant: string, type: EventType): string => {
  const parts = type.split(".");
  return `evt.v1.${tenant}.${parts[1]}.${parts[3]}`;
};

export const encodeEvent = <T extends EventType>(type: T, data: EventData<T>): unknown =>
  (events[type] as { toJSON(message: EventData<T>): unknown }).toJSON(data);

/** Reads an event's body; unknown fields are left out, so that an older consumer understands a newer producer. */
export const decodeEvent = <T extends EventType>(type: T, body: unknown): EventData<T> =>
  events[type].fromJSON(body) as EventData<T>;
