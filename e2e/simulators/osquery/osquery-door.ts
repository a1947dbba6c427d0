import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { type Dispatcher, request } from "undici";
import { OSQUERY_VERSION } from "./facts/clock-facts.ts";

const compress = promisify(gzip);

export interface OsqueryAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** The server does not know the node key (any more): HTTP 401 or `node_invalid`. */
  readonly nodeInvalid: boolean;
  /** Seconds, when the server said how long to wait. */
  readonly retryAfterSec: number | undefined;
}

const parse = (text: string): Record<string, unknown> => {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

export interface OsqueryDoor {
  /** POSTs JSON as osqueryd does. A node key, once there, also travels as a header, as newer clients send it. */
  post(path: string, body: Readonly<Record<string, unknown>>, gzipped?: boolean): Promise<OsqueryAnswer>;
}

export interface OsqueryDoorOptions {
  readonly server: string;
  readonly dispatcher: Dispatcher;
  /** `/api/osquery` or its alias `/api/v1/osquery`. */
  readonly prefix?: string;
  readonly timeoutMs?: number;
}

/** osqueryd's TLS client against one server. */
export const osqueryDoor = ({
  server,
  dispatcher,
  prefix = "/api/osquery",
  timeoutMs = 30_000,
}: OsqueryDoorOptions): OsqueryDoor => ({
  async post(path, body, gzipped = false) {
    const text = JSON.stringify(body);
    const nodeKey = body["node_key"];
    const response = await request(new URL(`${prefix}${path}`, server), {
      method: "POST",
      dispatcher,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      headers: {
        "content-type": "application/json",
        accept: "application/json",
        "user-agent": `osquery/${OSQUERY_VERSION}`,
        ...(typeof nodeKey === "string" ? { authorization: `NodeKey ${nodeKey}` } : {}),
        ...(gzipped ? { "content-encoding": "gzip" } : {}),
      },
      body: gzipped ? await compress(text) : text,
    });
    const answer = parse(await response.body.text());
    const retryAfter = Number(response.headers["retry-after"]);
    return {
      status: response.statusCode,
      body: answer,
      nodeInvalid: response.statusCode === 401 || answer["node_invalid"] === true,
      retryAfterSec: Number.isFinite(retryAfter) ? retryAfter : undefined,
    };
  },
});
