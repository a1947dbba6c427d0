import { setTimeout as pause } from "node:timers/promises";

export interface Followed {
  readonly id: string;
  readonly type: string;
  readonly deviceId: string;
  readonly position: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface EventFollower {
  readonly events: readonly Followed[];
  /** How often a connection was made. */
  readonly connections: number;
  /** Resolves when the stream is open. */
  readonly opened: Promise<void>;
  stop(): Promise<void>;
}

/** Follows server-sent events as a browser's EventSource does: comes again with Last-Event-ID when the stream breaks. */
export function followEvents(url: string, token: string, afterPosition = ""): EventFollower {
  const events: Followed[] = [];
  const stopping = new AbortController();
  const opened = Promise.withResolvers<void>();
  let connections = 0;
  let last = afterPosition;

  const take = (block: string): void => {
    const fields = new Map(
      block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
    );
    const id = fields.get("id");
    if (id === undefined) return;
    last = id;
    events.push(JSON.parse(fields.get("data") ?? "") as Followed);
  };

  const listen = async (): Promise<void> => {
    const response = await fetch(url, {
      headers: {
        authorization: `Bearer ${token}`,
        accept: "text/event-stream",
        ...(last === "" ? {} : { "last-event-id": last }),
      },
      signal: stopping.signal,
    });
    if (!response.ok) throw new Error(`the stream was answered with ${response.status}`);
    connections += 1;
    opened.resolve();
    let rest = "";
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = (rest + chunk).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) take(block);
    }
  };

  const running = (async () => {
    while (!stopping.signal.aborted) {
      await listen().catch(() => undefined);
      await pause(50, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();

  return {
    events,
    get connections() {
      return connections;
    },
    opened: opened.promise,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
