import assert from "node:assert/strict";
import { createServer, type RequestListener, type ServerOptions } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { gunzipSync } from "node:zlib";
import type { Door } from "./door.ts";
import { allAttacks, findingsOf, formatRecords, runHostile } from "./run-hostile.ts";

const serve = async (
  test: TestContext,
  listener: RequestListener,
  options: ServerOptions = {},
): Promise<{ door: Door; health: Door }> => {
  const server = createServer({ connectionsCheckingInterval: 50, ...options }, (request, response) => {
    if (request.url === "/health") response.end("ok");
    else listener(request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const body = JSON.stringify({ node_key: "good-key", n: 1 });
  return {
    door: { name: "a door", method: "POST", url: `${origin}/door`, body },
    health: { name: "health", method: "GET", url: `${origin}/health` },
  };
};

/** What a server should do, in a few lines: a limit on everything, and a 4xx for what is wrong. */
const careful: RequestListener = (request, response) => {
  const refuse = (status: number): void => void response.writeHead(status, { connection: "close" }).end("{}");
  if (request.url !== "/door") return refuse(404);
  const chunks: Buffer[] = [];
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > 1_000_000 && !response.headersSent) refuse(413);
    else if (size <= 1_000_000) chunks.push(chunk);
  });
  request.on("error", () => undefined);
  request.on("end", () => {
    if (response.headersSent) return;
    const encoding = request.headers["content-encoding"];
    if (encoding !== undefined && encoding !== "gzip") return refuse(415);
    try {
      const raw = Buffer.concat(chunks);
      const text = (encoding === "gzip" ? gunzipSync(raw, { maxOutputLength: 1_000_000 }) : raw).toString();
      const body = JSON.parse(text) as { node_key?: unknown; n?: unknown } | null;
      if (body?.node_key !== "good-key") return refuse(401);
      response.end("{}");
    } catch {
      refuse(400);
    }
  });
};

describe("the hostile runner", () => {
  it("finds nothing at a careful door, having tried everything", async (t) => {
    const { door, health } = await serve(t, careful, { requestTimeout: 600, headersTimeout: 500 });
    const records = await runHostile({ doors: [door], health, patienceMs: 8000, pids: {} });
    assert.equal(records.length, allAttacks.length);
    assert.deepEqual(findingsOf(records), [], formatRecords(records));
  });

  it("finds a door that breaks, falls silent, hangs up, or takes anything", async (t) => {
    const some = allAttacks.filter(({ name }) => ["malformed JSON", "forged credentials"].includes(name));
    const finding = async (listener: RequestListener): Promise<string[]> => {
      const records = await runHostile({ ...(await serveOne(listener)), attacks: some, patienceMs: 200 });
      return records.map((record) => record.finding);
    };
    const serveOne = async (listener: RequestListener) => {
      const { door, health } = await serve(t, listener);
      return { doors: [door], health };
    };
    assert.deepEqual(await finding((_, response) => response.writeHead(500).end("oh")), [
      "answered 500",
      "answered 500",
    ]);
    assert.deepEqual(await finding(() => undefined), ["no answer in time", "no answer in time"]);
    assert.deepEqual(await finding((request) => request.socket.destroy()), Array(2).fill("closed without an answer"));
    assert.deepEqual(await finding((_, response) => response.end("{}")), ["accepted with 200", "accepted with 200"]);
    assert.deepEqual(await finding((_, response) => response.end('{"node_invalid":true}')), ["", ""]);
  });

  it("notices that a neighbour's requests fail", async (t) => {
    const { door } = await serve(t, careful);
    const health = { name: "health", method: "GET", url: "http://127.0.0.1:9/health" };
    const [record] = await runHostile({ doors: [door], health, attacks: allAttacks.slice(0, 1) });
    assert.equal(record?.finding, "a neighbour's request failed meanwhile");
  });
});
