import type { EventCatalogue } from "./event-document.ts";

/**
 * What the code says of events. It is loaded when the code that follows from the protos has been written, for it is made
 * of that; an event that is new in the protos may not be mapped yet.
 */
export async function eventCatalogue(): Promise<EventCatalogue> {
  const { CONSUMERS } = await import("@muster/eventbus/streams");
  const { OCSF_VERSION } = await import("@muster/event-formats/ocsf/classes");
  const { MAPPINGS } = await import("@muster/event-formats/ocsf/mappings");
  const consumers = Object.entries(CONSUMERS).map(([name, { stream, types }]) => ({
    listener: name.split("-")[0] ?? name,
    hears: (type: string) => type.split(".")[1] === stream && (types === "all" || types.some((each) => each === type)),
  }));
  return {
    ocsfVersion: OCSF_VERSION,
    listenersOf: (type) => consumers.filter(({ hears }) => hears(type)).map(({ listener }) => listener),
    ocsfOf: (type) => (Object.hasOwn(MAPPINGS, type) ? MAPPINGS[type as keyof typeof MAPPINGS].kinds : []),
  };
}
