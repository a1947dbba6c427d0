/** Several consumers may have parked the same event: a parked event is named by both. */
export const parkedId = (consumer: string, eventId: string): string => `${consumer}:${eventId}`;

/** The consumer is empty when it is no such id. */
export function partsOfParkedId(id: string): { readonly consumer: string; readonly eventId: string } {
  const colon = id.indexOf(":");
  return { consumer: id.slice(0, Math.max(0, colon)), eventId: id.slice(colon + 1) };
}

/** A consumer is named <listener>-<publisher>. */
export const listenerOf = (consumer: string): string => consumer.split("-")[0] ?? "";
