import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";

export interface ElasticsearchOptions {
  /** What Authorization has to be; nothing is asked for when it is empty. */
  readonly authorization?: string;
  readonly dataStreams?: readonly string[];
  readonly indexes?: readonly string[];
}

interface Problem {
  readonly status: number;
  readonly type: string;
  readonly reason: string;
}

const problem = (status: number, type: string, reason: string): Problem => ({ status, type, reason });

/** Elasticsearch's `_bulk` for `create` alone, after its reference: what it refuses is refused here in the same words. */
export class ElasticsearchSimulator {
  /** Documents by their id. */
  readonly documents = new Map<string, Record<string, unknown>>();
  /** How many operations there were, taken or not. */
  operations = 0;
  /** What befalls one operation; it is asked each time. */
  befalls: (id: string, document: Record<string, unknown>) => Problem | undefined = () => undefined;
  /** Requests are answered with this status instead, as long as it is set. */
  outage: number | undefined;
  readonly #options: ElasticsearchOptions;
  readonly #server: Server;

  constructor(options: ElasticsearchOptions) {
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
    const raw = await buffer(request);
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    const refuse = ({ status, type, reason }: Problem) => answer(status, { error: { type, reason }, status });
    const { method, headers } = request;
    const [, index = "", verb] = new URL(request.url ?? "", this.url).pathname.split("/");
    if (this.outage !== undefined) return refuse(problem(this.outage, "unavailable", "the cluster is not well"));
    const { authorization = "" } = this.#options;
    if (authorization !== "" && headers.authorization !== authorization) {
      return refuse(problem(401, "security_exception", "unable to authenticate"));
    }
    if (method !== "POST" || verb !== "_bulk") return refuse(problem(405, "method_not_allowed", "no such path"));
    if (!/^application\/(x-ndjson|json)$/.test(headers["content-type"] ?? "")) {
      return refuse(problem(406, "media_type_header_exception", "Content-Type header is not supported"));
    }
    const body = (headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw).toString();
    if (!body.endsWith("\n")) {
      return refuse(
        problem(400, "illegal_argument_exception", "The bulk request must be terminated by a newline [\\n]"),
      );
    }
    const lines = body.slice(0, -1).split("\n");
    const items = [];
    for (let at = 0; at < lines.length; at += 2) {
      const action = JSON.parse(lines[at] ?? "") as Record<string, { _id?: string }>;
      const [[operation, { _id: id = "" }] = ["", {}]] = Object.entries(action);
      items.push({ [operation]: this.#operate(decodeURIComponent(index), operation, id, lines[at + 1] ?? "") });
    }
    return answer(200, { items });
  }

  #operate(index: string, operation: string, id: string, line: string): object {
    this.operations++;
    const failed = ({ status, type, reason }: Problem) => ({ status, error: { type, reason } });
    const { dataStreams = [], indexes = [] } = this.#options;
    const isStream = dataStreams.includes(index);
    if (!isStream && !indexes.includes(index)) {
      return failed(problem(404, "index_not_found_exception", `no such index [${index}]`));
    }
    if (operation !== "create" && isStream) {
      return failed(
        problem(
          400,
          "illegal_argument_exception",
          "only write ops with an op_type of create are allowed in data streams",
        ),
      );
    }
    const document = JSON.parse(line) as Record<string, unknown>;
    const befallen = this.befalls(id, document);
    if (befallen !== undefined) return failed(befallen);
    if (isStream && typeof document["@timestamp"] !== "string") {
      return failed(problem(400, "document_parsing_exception", "data stream timestamp field [@timestamp] is missing"));
    }
    if (this.documents.has(id)) {
      return failed(
        problem(409, "version_conflict_engine_exception", `[${id}]: version conflict, document already exists`),
      );
    }
    this.documents.set(id, document);
    return { status: 201 };
  }
}
