import { Problem } from "@muster/api-client/problem";
import { api } from "../api/client.ts";
import type { Activity } from "../api/types.ts";

export interface Following {
  readonly signal: AbortSignal;
  readonly onEvent: (event: Activity) => void;
  readonly onConnected: (connected: boolean) => void;
}

const LONGEST_WAIT_MS = 30_000;

/**
 * Follows the event stream and takes it up where the connection broke. EventSource would do that too, but it would
 * need to know each event's type before it comes.
 */
export async function followEvents({ signal, onEvent, onConnected }: Following): Promise<void> {
  let last = "";
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      const events = api.events("/api/v1/events", { signal, after: last, onOpen: () => onConnected(true) });
      for await (const { id, data } of events) {
        failures = 0;
        if (id !== "") last = id;
        onEvent(JSON.parse(data) as Activity);
      }
    } catch (error) {
      if (signal.aborted || (error instanceof Problem && [401, 403].includes(error.status))) return;
    }
    onConnected(false);
    await pause(Math.random() * Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** failures), signal);
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
