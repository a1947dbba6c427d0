import { useState } from "react";
import type { Activity } from "../api/types.ts";
import { useLiveEvents } from "../live/live.tsx";
import { EventLine } from "./event-line.tsx";

const MAX_LINES = 500;

/** The events that were there, and above them those that happen while the page is open. */
export function useFeed(past: readonly Activity[], wants: (event: Activity) => boolean): readonly Activity[] {
  const [news, setNews] = useState<readonly Activity[]>([]);
  useLiveEvents((event) => {
    if (wants(event)) setNews((before) => [event, ...before].slice(0, MAX_LINES));
  });
  const known = new Set(news.map(({ id }) => id));
  return [...news.filter(wants), ...past.filter(({ id }) => !known.has(id))];
}

interface FeedProps {
  readonly events: readonly Activity[];
  readonly openedAt: number;
  readonly named?: boolean;
}

export const Feed = ({ events, openedAt, named = true }: FeedProps) => (
  <ul className="feed">
    {events.map((event) => (
      <EventLine key={event.id} event={event} named={named} isNew={Date.parse(event.time ?? "") > openedAt} />
    ))}
  </ul>
);
