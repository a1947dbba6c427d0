import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { topLevelObjects } from "./concatenated-json.ts";

export interface SplunkEvent {
  readonly time: number;
  readonly host: string;
  readonly source: string;
  readonly sourcetype: string;
  readonly index?: string;
  readonly event: unknown;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface SplunkOptions {
  readonly token: string;
  /** Whether the token has indexer acknowledgement enabled. */
  readonly acknowledges: boolean;
  readonly indexes?: readonly string[];
}

interface Answer {
  readonly status: number;
  readonly code: number;
  readonly text: string;
  readonly rest?: object;
}

const no = (status: number, code: number, text: string, rest: object = {}): Answer => ({ status, code, text, rest });

/** Fields that Splunk knows beside the event; it refuses none, but ours shall send no others. */
const KNOWN = new Set(["time", "host", "source", "sourcetype", "index", "event", "fields"]);
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Splunk's HTTP Event Collector after "Format events for HTTP Event Collector", "About HTTP Event Collector Indexer
 * Acknowledgment" and "Troubleshoot HTTP Event Collector" of its documentation: the same codes for the same mistakes.
 */
export class SplunkHecSimulator {
  readonly received: SplunkEvent[] = [];
  /** Requests are answered with this instead, as long as it is set. */
  outage: { readonly status: number; readonly code: number; readonly text: string } | undefined;
  /** Whether what was received is indexed, so that it is acknowledged. */
  isIndexing = true;
  polls = 0;
  readonly #options: SplunkOptions;
  readonly #acks = new Map<string, Map<number, boolean>>();
  readonly #server: Server;

  constructor(options: SplunkOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const url = new URL(request.url ?? "", this.url);
    const { status, code, text: says, rest = {} } = this.#answer(request, url, body);
    const answer = url.pathname.endsWith("/ack") && status === 200 ? rest : { text: says, code, ...rest };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  }

  #answer({ method, headers }: IncomingMessage, url: URL, body: string): Answer {
    if (this.outage !== undefined) return this.outage;
    if (method !== "POST") return no(405, 0, "The requested URL was not found on this server.");
    const authorization = headers.authorization ?? "";
    if (authorization === "") return no(401, 2, "Token is required");
    if (!authorization.startsWith("Splunk ")) return no(401, 3, "Invalid authorization");
    if (authorization !== `Splunk ${this.#options.token}`) return no(403, 4, "Invalid token");
    const channel = String(headers["x-splunk-request-channel"] ?? url.searchParams.get("channel") ?? "");
    if (this.#options.acknowledges && channel === "") return no(400, 10, "Data channel is missing");
    if (this.#options.acknowledges && !GUID.test(channel)) return no(400, 11, "Invalid data channel");
    if (url.pathname === "/services/collector/ack") return this.#acknowledged(channel, body);
    if (url.pathname !== "/services/collector/event")
      return no(404, 404, "The requested URL was not found on this server.");
    return this.#take(channel, body);
  }

  #take(channel: string, body: string): Answer {
    if (body.trim() === "") return no(400, 5, "No data");
    const events = topLevelObjects(body);
    for (const [number, raw] of events.entries()) {
      const wrong = this.#wrongWith(raw);
      if (wrong !== undefined) return { ...wrong, rest: { "invalid-event-number": number } };
    }
    this.received.push(...(events as SplunkEvent[]));
    if (!this.#options.acknowledges) return no(200, 0, "Success");
    const acks = this.#acks.get(channel) ?? new Map<number, boolean>();
    this.#acks.set(channel, acks);
    acks.set(acks.size, this.isIndexing);
    return no(200, 0, "Success", { ackId: acks.size - 1 });
  }

  #wrongWith(raw: unknown): Answer | undefined {
    if (typeof raw !== "object" || raw === null) return no(400, 6, "Invalid data format");
    const { event, index, time, fields = {}, ...rest } = raw as Partial<SplunkEvent>;
    if (event === undefined) return no(400, 12, "Event field is required");
    if (event === "") return no(400, 13, "Event field cannot be blank");
    if (index !== undefined && !(this.#options.indexes ?? []).includes(index)) return no(400, 7, "Incorrect index");
    if (typeof time !== "number" || Object.keys(rest).some((key) => !KNOWN.has(key)))
      return no(400, 6, "Invalid data format");
    const isFlat = Object.values(fields).every((value) => typeof value !== "object");
    return isFlat ? undefined : no(400, 15, "Error in handling indexed fields");
  }

  #acknowledged(channel: string, body: string): Answer {
    this.polls++;
    if (!this.#options.acknowledges) return no(400, 14, "ACK is disabled");
    const { acks: asked } = JSON.parse(body) as { acks: number[] };
    const acks = this.#acks.get(channel) ?? new Map<number, boolean>();
    if (this.isIndexing) for (const id of acks.keys()) acks.set(id, true);
    return no(200, 0, "", { acks: Object.fromEntries(asked.map((id) => [id, acks.get(id) === true])) });
  }
}
