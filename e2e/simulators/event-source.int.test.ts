import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { EventStreamParser, openEventSource } from "./event-source.ts";

describe("the event stream parser", () => {
  it("joins data lines, keeps ids, skips comments, whatever way the bytes are cut", () => {
    const stream = ": hello\r\nid: 7\nevent: a\ndata: one\ndata:two\n\ndata: three\r\n\r\nevent: empty\n\n";
    for (const size of [1, 2, 5, 100]) {
      const parser = new EventStreamParser();
      const pieces = stream.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
      assert.deepEqual(
        pieces.flatMap((piece) => parser.push(piece)),
        [
          { id: "7", type: "a", data: "one\ntwo" },
          { id: "7", type: "message", data: "three" },
        ],
      );
    }
  });
});

describe("the event source", () => {
  it("goes on behind the last event after the connection was lost", async (t) => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers["last-event-id"] as string | undefined);
      const from = Number(request.headers["last-event-id"] ?? 0);
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`retry: 5\nid: ${from + 1}\ndata: ${from + 1}\n\n`, () => {
        if (asked.length < 3) response.destroy();
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    t.after(() => {
      server.close();
      server.closeAllConnections();
    });
    const source = openEventSource({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
    await source.events.first((event) => event.data === "3", "the third event");
    await source.close();
    assert.deepEqual(
      source.events.all().map(({ data }) => data),
      ["1", "2", "3"],
    );
    assert.deepEqual(asked, [undefined, "1", "2"]);
    assert.equal(source.lastEventId, "3");
  });
});
