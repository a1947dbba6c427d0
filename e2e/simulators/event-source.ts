import { type Dispatcher, request } from "undici";
import { Arrivals } from "./arrivals.ts";
import { Pause } from "./pause.ts";

export interface ServerEvent {
  readonly id: string;
  readonly type: string;
  readonly data: string;
}

export interface EventSourceOptions {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly dispatcher?: Dispatcher;
  /** Where to go on, as if an earlier connection had ended there. */
  readonly lastEventId?: string;
  /** Until the server says otherwise with `retry:`. */
  readonly retryMs?: number;
}

export interface EventSource {
  readonly events: Arrivals<ServerEvent>;
  readonly lastEventId: string | undefined;
  /** The answers to the connection attempts so far; 0 where there was none. */
  readonly statuses: readonly number[];
  close(): Promise<void>;
}

/** Splits an event stream into events, after the WHATWG's rules for fields, comments and line ends. */
export class EventStreamParser {
  #rest = "";
  #id: string | undefined;
  #type = "";
  #data: string[] = [];
  retryMs: number | undefined;

  push(text: string): ServerEvent[] {
    const lines = `${this.#rest}${text}`.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.#line(line));
  }

  #line(line: string): ServerEvent[] {
    if (line === "") {
      const event = { id: this.#id ?? "", type: this.#type || "message", data: this.#data.join("\n") };
      const complete = this.#data.length > 0;
      this.#type = "";
      this.#data = [];
      return complete ? [event] : [];
    }
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.#data.push(value);
    else if (name === "event") this.#type = value;
    else if (name === "id" && !value.includes("\0")) this.#id = value;
    else if (name === "retry" && /^\d+$/.test(value)) this.retryMs = Number(value);
    return [];
  }
}

/** Reads server-sent events, and after a loss goes on behind the last one it saw. */
export const openEventSource = (options: EventSourceOptions): EventSource => {
  const events = new Arrivals<ServerEvent>();
  const statuses: number[] = [];
  const stopping = new AbortController();
  const pause = new Pause(stopping.signal);
  let lastEventId = options.lastEventId;
  let retryMs = options.retryMs ?? 1000;

  const read = async (): Promise<void> => {
    const { statusCode, body } = await request(options.url, {
      signal: stopping.signal,
      bodyTimeout: 0,
      headers: {
        accept: "text/event-stream",
        ...options.headers,
        ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
      },
      ...(options.dispatcher === undefined ? {} : { dispatcher: options.dispatcher }),
    });
    statuses.push(statusCode);
    if (statusCode !== 200) return await body.dump();
    const parser = new EventStreamParser();
    body.setEncoding("utf8");
    for await (const text of body) {
      for (const event of parser.push(String(text))) {
        if (event.id !== "") lastEventId = event.id;
        events.add(event);
      }
      retryMs = parser.retryMs ?? retryMs;
    }
  };

  const running = (async () => {
    while (!stopping.signal.aborted) {
      await read().catch(() => void statuses.push(0));
      await pause.sleep(retryMs);
    }
  })();

  return {
    events,
    statuses,
    get lastEventId() {
      return lastEventId;
    },
    async close() {
      stopping.abort();
      await running;
    },
  };
};
