import { address, Problem, request } from "../api/client.ts";
import { linesOf } from "../api/lines.ts";
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
      const headers = { accept: "text/event-stream", ...(last !== "" && { "last-event-id": last }) };
      const response = await request(address("events"), { headers, signal });
      onConnected(true);
      for await (const { id, data } of messagesOf(response)) {
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

/** Server-sent events of all types but the two that end a stream (HTML, section 9.2.6). */
async function* messagesOf(response: Response): AsyncGenerator<{ readonly id: string; readonly data: string }> {
  let fields: Record<string, string> = {};
  for await (const line of linesOf(response)) {
    const at = line.indexOf(": ");
    if (at > 0) fields[line.slice(0, at)] = line.slice(at + 2);
    if (line !== "") continue;
    const { id = "", data, event } = fields;
    if (data !== undefined && event !== "end" && event !== "error") yield { id, data };
    fields = {};
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
