import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from "react";
import { isAtOrBelow } from "../api/places.ts";
import type { Activity } from "../api/types.ts";
import { useMay } from "../session/session.tsx";
import { followEvents } from "./follow-events.ts";
import { staleAfter } from "./stale-after.ts";

type Listener = (event: Activity) => void;

interface Live {
  /** Nothing for who may not see events. */
  readonly connected: boolean | undefined;
  readonly listen: (listener: Listener) => () => void;
}

const LiveContext = createContext<Live>({ connected: undefined, listen: () => () => undefined });

/** How long what changed is gathered before the page asks again: many devices often change at once. */
const GATHER_MS = 1_500;

/** A list that was read further than this is not asked for again by itself: each of its pages is a request. */
const MAX_PAGES = 5;

const pagesOf = (data: unknown): number =>
  typeof data === "object" && data !== null && "pages" in data && Array.isArray(data.pages) ? data.pages.length : 0;

/** One connection to the event stream for the whole page; what an event outdates is asked for again. */
export function LiveEvents({ children }: { readonly children: ReactNode }) {
  const may = useMay("activity.read");
  const queries = useQueryClient();
  const listeners = useRef(new Set<Listener>());
  const [connected, setConnected] = useState(false);

  useEffect(() => {
    if (!may) return;
    const leaving = new AbortController();
    const stale = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer = undefined;
      // What the reader is changing this moment is asked for when that is done; what is being deleted, not at all.
      if (queries.isMutating() > 0) {
        timer = setTimeout(refresh, GATHER_MS);
        return;
      }
      const paths = [...stale];
      stale.clear();
      void queries.invalidateQueries({
        predicate: ({ queryKey, state }) =>
          paths.some((path) => isAtOrBelow(queryKey[0], path)) && pagesOf(state.data) <= MAX_PAGES,
      });
    };
    void followEvents({
      signal: leaving.signal,
      onConnected: setConnected,
      onEvent: (event) => {
        for (const path of staleAfter(event)) stale.add(path);
        timer ??= setTimeout(refresh, GATHER_MS);
        for (const listener of listeners.current) listener(event);
      },
    });
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [may, queries]);

  const live = useMemo<Live>(
    () => ({
      connected: may ? connected : undefined,
      listen: (listener) => {
        listeners.current.add(listener);
        return () => void listeners.current.delete(listener);
      },
    }),
    [may, connected],
  );
  return <LiveContext value={live}>{children}</LiveContext>;
}

export const useLive = (): Live => useContext(LiveContext);

/** Calls back for each event while the caller is shown. */
export function useLiveEvents(listener: Listener): void {
  const { listen } = useLive();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => listen((event) => latest.current(event)), [listen]);
}
