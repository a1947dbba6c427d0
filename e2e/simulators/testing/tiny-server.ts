import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { gunzipSync } from "node:zlib";

export interface TinyRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  // The tests know what they sent.
  readonly body: Record<string, never> & Record<string, unknown>;
}

export interface TinyAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface TinyServer {
  readonly url: string;
  readonly requests: readonly TinyRequest[];
}

/** A JSON server of a few lines that ends with its test: it keeps what it got and answers what the test says. */
export const tinyServer = async (
  test: Pick<TestContext, "after">,
  reply: (request: TinyRequest) => TinyAnswer | Promise<TinyAnswer>,
): Promise<TinyServer> => {
  const requests: TinyRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const raw = await buffer(incoming);
      const plain = incoming.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
      const request: TinyRequest = {
        method: incoming.method ?? "",
        path: incoming.url ?? "",
        headers: incoming.headers,
        body: plain.length === 0 ? {} : JSON.parse(plain.toString()),
      };
      requests.push(request);
      const { status = 200, headers = {}, body = {} } = await reply(request);
      outgoing.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
    })();
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
};
