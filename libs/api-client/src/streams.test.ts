import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createClient } from "./client.ts";

describe("a stream of the public API", () => {
  it("is read item by item, however it is cut on its way", async () => {
    const client = streaming('{"answer":{"dev', 'iceId":"d1"}}\n\n{"answer":{"deviceId":"d2"}}\n');
    const found: (string | undefined)[] = [];
    for await (const { answer } of client.items("/api/v1/live-queries/{id}/answers", { path: { id: "q1" } })) {
      found.push(answer?.deviceId);
    }
    assert.deepEqual(found, ["d1", "d2"]);
  });

  it("throws the problem that it broke with after what came before", async () => {
    const client = streaming('{"answer":{}}\n{"error":{"status":503,"code":"rpc.unavailable","detail":"Later."}}\n');
    const items = client.items("/api/v1/live-queries/{id}/answers", { path: { id: "q1" } });
    assert.ok((await items.next()).value);
    await assert.rejects(items.next(), { status: 503, code: "rpc.unavailable", message: "Later." });
  });

  it("gives each event with where to go on, until it says that it is whole", async () => {
    const client = streaming(
      ": ping\n\nid: 7\nevent: some.Type\ndata: {}\n\n",
      "event: end\ndata: {}\n\nid: 8\ndata: x\n\n",
    );
    const events = await allOf(client.events("/api/v1/events", { after: "6" }));
    assert.deepEqual(events, [{ id: "7", event: "some.Type", data: "{}" }]);
  });

  it("throws the problem that stands where an event would", async () => {
    const client = streaming('event: error\ndata: {"status":429,"code":"api.too_many_requests","detail":"Wait."}\n\n');
    await assert.rejects(allOf(client.events("/api/v1/events", {})), { code: "api.too_many_requests" });
  });

  it("says that it is open before the first event comes", async () => {
    const order: string[] = [];
    const events = streaming("data: 1\n\n").events("/api/v1/events", { onOpen: () => order.push("open") });
    for await (const { data } of events) order.push(data);
    assert.deepEqual(order, ["open", "1"]);
  });

  it("asks for what comes after the last event", async () => {
    let last: string | null = "";
    const client = createClient({
      url: "https://mdm.example.com",
      fetch: async ({ headers }) => {
        last = headers.get("last-event-id");
        return new Response("");
      },
    });
    await allOf(client.events("/api/v1/events", { after: "41" }));
    assert.equal(last, "41");
  });
});

/** A client whose every request is answered with a body that comes in these parts. */
const streaming = (...parts: readonly string[]) =>
  createClient({
    url: "https://mdm.example.com",
    fetch: async () => new Response(ReadableStream.from(parts.map((part) => new TextEncoder().encode(part)))),
  });

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
