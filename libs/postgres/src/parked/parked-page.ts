import type { ParkedEvent } from "@muster/contracts/gen/muster/backbone/v1/parked_event";
import { decodePageToken, encodePageToken, toPage } from "../page.ts";
import type { ParkedPlace } from "./parked-lists.ts";

export interface ParkedPage {
  readonly parkedEvents: ParkedEvent[];
  readonly nextPageToken: string;
}

/** A page of events that are in the list's order, of which there may be one too many. */
export function parkedPage(events: ParkedEvent[], size: number): ParkedPage {
  const { rows, nextPageToken } = toPage(events, size, keysOf);
  return { parkedEvents: rows, nextPageToken };
}

const keysOf = ({ parkedAt, consumer, eventId }: ParkedEvent) => [parkedAt?.toISOString() ?? "", consumer, eventId];

/** The token of the page that begins after this event. */
export const placeToken = (event: ParkedEvent): string => encodePageToken(keysOf(event));

export function placeIn(token: string): ParkedPlace | undefined {
  const [parkedAt, consumer, eventId] = decodePageToken(token, 3) ?? [];
  if (parkedAt === undefined || consumer === undefined || eventId === undefined) return undefined;
  return { parkedAt: new Date(parkedAt), consumer, eventId };
}

/** Newest first, and what came in the same millisecond by name: the order of the lists of all services. */
export function inListOrder(one: ParkedEvent, other: ParkedEvent): number {
  const apart = (other.parkedAt?.getTime() ?? 0) - (one.parkedAt?.getTime() ?? 0);
  if (apart !== 0) return apart;
  if (one.consumer !== other.consumer) return one.consumer < other.consumer ? 1 : -1;
  return one.eventId < other.eventId ? 1 : -1;
}
