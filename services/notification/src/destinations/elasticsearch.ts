import { promisify } from "node:util";
import { gzip as gzipCallback } from "node:zlib";
import type { ElasticsearchDestination as Configuration } from "@muster/contracts/gen/muster/notification/v1/sink";
import { type ItemOutcome, type OutgoingEvent, TAKEN } from "../domain/outgoing-event.ts";
import { refuse } from "../domain/refusals.ts";
import { hostOf } from "../outbound/guarded-lookup.ts";
import { type Destination, DestinationError } from "./destination.ts";
import { checkOrigin, HttpOrigin, refusedWith } from "./http-origin.ts";
import type { DestinationKind, OpenContext } from "./kind.ts";
import { checkTls, TLS_SECRETS } from "./tls.ts";

const gzip = promisify(gzipCallback);

// Elasticsearch, "Create index": what a name must not have; a name is no pattern here either.
const INDEX = /^(?![-_+.])[^A-Z\\/*?"<>| ,#:]{1,255}$/;

export const elasticsearch: DestinationKind<Configuration> = {
  secrets: ["password", "apiKey", ...TLS_SECRETS],
  // Elastic advises bodies of 5 to 15 MB.
  batching: { maxEvents: 1_000, maxBytes: 5 * 1024 * 1024, lingerMs: 250, inFlight: 4 },
  formats: ["cloudevents", "ocsf", "ecs"],
  check: ({ url, index, username, password, tls }) => {
    checkOrigin("elasticsearch.url", url);
    if (!INDEX.test(index)) {
      throw refuse("sink.bad_destination", "elasticsearch.index is a data stream or index such as logs-muster-default");
    }
    if ((username === "") !== (password === "")) {
      throw refuse("sink.bad_destination", "elasticsearch.username and elasticsearch.password go together");
    }
    checkTls(tls);
  },
  hosts: ({ url }) => [hostOf(url)],
  open: (configuration, context) => new Elasticsearch(configuration, context),
};

/** Writes with _bulk. The event's id is the document's: what comes twice is there once, and the second is told so. */
class Elasticsearch implements Destination {
  readonly #http: HttpOrigin;
  readonly #path: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ url, index, username, password, apiKey, tls }: Configuration, { allowed }: OpenContext) {
    this.#http = new HttpOrigin(url, tls, allowed);
    this.#path = `/${encodeURIComponent(index)}/_bulk?filter_path=items.*.status,items.*.error`;
    const basic = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    const authorization = username !== "" ? basic : apiKey !== "" ? `ApiKey ${apiKey}` : undefined;
    this.#headers = {
      "content-type": "application/x-ndjson",
      "content-encoding": "gzip",
      ...(authorization !== undefined && { authorization }),
    };
  }

  async send(events: readonly OutgoingEvent[], signal: AbortSignal): Promise<readonly ItemOutcome[]> {
    const lines = events.map((event) => `${JSON.stringify({ create: { _id: event.id } })}\n${documentOf(event)}\n`);
    const body = await gzip(lines.join(""));
    const answer = await this.#http.post({ path: this.#path, headers: this.#headers, body, signal });
    if (answer.status !== 200) throw refusedWith(answer, reasonIn(answer.body));
    const items = itemsIn(answer.body);
    if (items.length !== events.length) {
      throw new DestinationError("the answer does not speak of each event", { retryable: true });
    }
    return items.map(outcomeOf);
  }

  close(): Promise<void> {
    return this.#http.close();
  }
}

/** A data stream takes no document without @timestamp; ECS has one of its own. */
const documentOf = ({ text, time }: OutgoingEvent): string =>
  text.startsWith('{"@timestamp"') || text.includes(',"@timestamp":')
    ? text
    : `{"@timestamp":"${time.toISOString()}",${text.slice(1)}`;

interface BulkItem {
  readonly status?: number;
  readonly error?: BulkError;
}

interface BulkError {
  readonly type?: string;
  readonly reason?: string;
  readonly caused_by?: BulkError;
}

/** Nothing of the document's: the index is missing or locked, or may not be written by us. A person mends it. */
const NOT_ITS_FAULT = new Set([401, 403, 404, 408, 429]);
const EXISTS = 409;

function outcomeOf({ status = 0, error }: BulkItem): ItemOutcome {
  if ((status >= 200 && status < 300) || status === EXISTS) return TAKEN;
  // "failed to parse" alone says nothing: its cause does.
  const cause = error?.caused_by?.reason;
  const why = [`${status} ${error?.type ?? ""}`, error?.reason ?? "", ...(cause === undefined ? [] : [cause])];
  const reason = why.join(": ").slice(0, 500);
  return NOT_ITS_FAULT.has(status) || status >= 500 || status === 0
    ? { kind: "retry", reason }
    : { kind: "refused", reason };
}

function itemsIn(body: string): readonly BulkItem[] {
  try {
    const { items = [] } = JSON.parse(body) as { items?: readonly { create?: BulkItem }[] };
    return items.map(({ create = {} }) => create);
  } catch (cause) {
    throw new DestinationError("the answer is not JSON: is this Elasticsearch?", { retryable: true, cause });
  }
}

function reasonIn(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: { reason?: string } | string };
    return typeof error === "string" ? error : (error?.reason ?? body);
  } catch {
    return body;
  }
}
