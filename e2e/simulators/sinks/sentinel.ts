import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";

export interface SentinelOptions {
  readonly entraTenant: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly ruleId: string;
  readonly stream: string;
  /** For how long a token is good. */
  readonly tokenSeconds?: number;
}

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retryAfter?: string;
}

const problem = (status: number, code: string, message: string): Problem => ({ status, code, message });

const CALL_BYTES = 1024 * 1024;
const SCOPE = "https://monitor.azure.com/.default";

/**
 * Entra's token endpoint (client credentials, v2.0) and the Logs Ingestion API of Azure Monitor (2023-01-01) after their
 * references, both at one address.
 */
export class SentinelSimulator {
  /** Every row that was taken, in order. */
  readonly rows: Record<string, unknown>[] = [];
  /** How many rows each call had that was taken. */
  readonly calls: number[] = [];
  tokensGiven = 0;
  /** What befalls a call with a good token; it is asked each time. */
  befalls: (rows: readonly Record<string, unknown>[]) => Problem | undefined = () => undefined;
  readonly #tokens = new Set<string>();
  readonly #options: SentinelOptions;
  readonly #server: Server;

  constructor(options: SentinelOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** No token that was given is good any more. */
  revoke(): void {
    this.#tokens.clear();
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const url = new URL(request.url ?? "", this.url);
    const { entraTenant, ruleId } = this.#options;
    if (url.pathname === `/${entraTenant}/oauth2/v2.0/token`) return this.#giveToken(request, body, response);
    const refusal = url.pathname.startsWith(`/dataCollectionRules/${ruleId}/`)
      ? this.#ingest(request, url, body)
      : problem(404, "NotFound", `The data collection rule of ${url.pathname} was not found`);
    if (refusal === undefined) return void response.writeHead(204).end();
    const { status, code, message, retryAfter } = refusal;
    response.writeHead(status, {
      "content-type": "application/json",
      ...(retryAfter !== undefined && { "retry-after": retryAfter }),
    });
    response.end(JSON.stringify({ error: { code, message } }));
  }

  #giveToken({ method, headers }: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const form = Object.fromEntries(new URLSearchParams(body.toString()));
    const { clientId, clientSecret, tokenSeconds = 3_599 } = this.#options;
    const answer = (status: number, json: object) =>
      void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
    const refuse = (status: number, error: string, told: string) =>
      answer(status, { error, error_description: told, error_codes: [Number(/\d+/.exec(told)?.[0])] });
    if (method !== "POST" || headers["content-type"] !== "application/x-www-form-urlencoded") {
      return refuse(400, "invalid_request", "AADSTS900561: The endpoint only accepts POST requests.");
    }
    if (form["grant_type"] !== "client_credentials") {
      return refuse(400, "unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type.");
    }
    if (form["scope"] !== SCOPE) return refuse(400, "invalid_scope", "AADSTS70011: The provided scope is not valid.");
    if (form["client_id"] !== clientId || form["client_secret"] !== clientSecret) {
      return refuse(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.");
    }
    const token = randomUUID();
    this.#tokens.add(token);
    this.tokensGiven++;
    return answer(200, { token_type: "Bearer", expires_in: tokenSeconds, access_token: token });
  }

  #ingest({ method, headers }: IncomingMessage, url: URL, raw: Buffer): Problem | undefined {
    const [scheme, token = ""] = (headers.authorization ?? "").split(" ");
    if (scheme !== "Bearer" || !this.#tokens.has(token)) return problem(401, "Unauthorized", "The token is not valid");
    if (method !== "POST") return problem(405, "MethodNotAllowed", "Only POST is allowed");
    if (url.searchParams.get("api-version") !== "2023-01-01") {
      return problem(400, "InvalidApiVersion", "The api-version is not supported");
    }
    if (url.pathname.split("/")[4] !== this.#options.stream) {
      return problem(400, "InvalidStream", "The stream was not configured in the data collection rule");
    }
    if (headers["content-type"] !== "application/json")
      return problem(415, "UnsupportedMediaType", "Only JSON is taken");
    const body = headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
    if (raw.length > CALL_BYTES || body.length > CALL_BYTES) {
      return problem(413, "ContentLengthLimitExceeded", "Maximum allowed content length: 1048576 bytes (1 MB).");
    }
    let rows: unknown;
    try {
      rows = JSON.parse(body.toString());
    } catch {
      return problem(400, "InvalidRequestBody", "The body is not valid JSON");
    }
    if (!Array.isArray(rows)) return problem(400, "InvalidRequestBody", "The body is not a JSON array");
    const refusal = this.befalls(rows);
    if (refusal === undefined) {
      this.rows.push(...rows);
      this.calls.push(rows.length);
    }
    return refusal;
  }
}
