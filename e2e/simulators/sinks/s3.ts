import { createHash } from "node:crypto";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

export interface StoredObject {
  readonly body: Buffer;
  readonly headers: IncomingHttpHeaders;
}

export interface S3Problem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retryAfter?: string;
}

/** S3's PutObject alone, path-style, for what real stores do not do on demand: being unwell. It takes no wrong digest. */
export class S3Simulator {
  /** By the path with its bucket. */
  readonly objects = new Map<string, StoredObject>();
  /** What befalls a request; it is asked each time. */
  befalls: (path: string) => S3Problem | undefined = () => undefined;
  readonly #server: Server;

  constructor() {
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
    const body = await buffer(request);
    const { method, url: path = "", headers } = request;
    const problem = this.befalls(path) ?? problemOf(method, headers, body);
    if (problem === undefined) {
      this.objects.set(path, { body, headers });
      response.writeHead(200, { etag: `"${createHash("md5").update(body).digest("hex")}"` }).end();
      return;
    }
    const { status, code, message, retryAfter } = problem;
    response.writeHead(status, {
      "content-type": "application/xml",
      ...(retryAfter !== undefined && { "retry-after": retryAfter }),
    });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);
  }
}

function problemOf(method: string | undefined, headers: IncomingHttpHeaders, body: Buffer): S3Problem | undefined {
  const refuse = (status: number, code: string, message: string) => ({ status, code, message });
  if (method !== "PUT") return refuse(405, "MethodNotAllowed", "The specified method is not allowed");
  if (
    !/^AWS4-HMAC-SHA256 Credential=\S+, SignedHeaders=\S+, Signature=[0-9a-f]{64}$/.test(headers.authorization ?? "")
  ) {
    return refuse(403, "AccessDenied", "Access Denied");
  }
  const digest = createHash("sha256").update(body);
  if (headers["x-amz-content-sha256"] !== digest.copy().digest("hex")) {
    return refuse(400, "XAmzContentSHA256Mismatch", "The provided header does not match what was computed");
  }
  if (headers["x-amz-checksum-sha256"] !== digest.digest("base64")) {
    return refuse(400, "BadDigest", "The SHA256 you specified did not match the calculated checksum");
  }
  return undefined;
}
