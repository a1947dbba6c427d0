import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { describe, it, type TestContext } from "node:test";
import { closedLoop, type LoadRequest } from "./closed-loop.ts";
import { asciiJson, postTo } from "./http-request.ts";

const serve = async (
  test: TestContext,
  reply: (body: string, count: number) => string | Buffer[] | undefined,
): Promise<string> => {
  let count = 0;
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      count += 1;
      const answer = reply(body, count);
      if (answer === undefined) return request.socket.destroy();
      if (typeof answer === "string")
        return response.setHeader("content-length", Buffer.byteLength(answer)).end(answer);
      for (const chunk of answer) response.write(chunk);
      return response.end();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
};

describe("the closed loop", () => {
  it("sends until there is no more, and counts every answer once", async (t) => {
    const url = await serve(t, (body) => body);
    const post = postTo({ url });
    const seen = new Set<string>();
    let sent = 0;
    const next = (): LoadRequest | undefined => {
      if (sent === 500) return undefined;
      sent += 1;
      return { bytes: post(asciiJson({ n: sent, name: "Zoë" })), answered: (_, body) => void seen.add(body) };
    };
    const result = await closedLoop({ url, connections: 8, wantBody: true, next });
    assert.equal(result.requests, 500);
    assert.equal(seen.size, 500);
    assert.ok([...seen].every((body) => (JSON.parse(body) as { name: string }).name === "Zoë"));
    assert.deepEqual([...result.statuses], [[200, 500]]);
  });

  it("reads chunked and large answers whole", async (t) => {
    const parts = [Buffer.alloc(300_000, "a"), Buffer.from("0\r\n\r\n inside"), Buffer.alloc(10, "b")];
    const url = await serve(t, () => parts);
    let got = "";
    let sent = false;
    await closedLoop({
      url,
      connections: 1,
      wantBody: true,
      next: () => {
        if (sent) return undefined;
        sent = true;
        return { bytes: postTo({ url })("{}"), answered: (_, body) => void (got = body) };
      },
    });
    assert.equal(got, Buffer.concat(parts).toString());
  });

  it("follows an answer with the request it calls for, on the same connection", async (t) => {
    const url = await serve(t, (body) => body);
    const post = postTo({ url });
    let sent = false;
    const order: string[] = [];
    const second: LoadRequest = {
      bytes: [post("").slice(0, -5), "3\r\n\r\n", Buffer.from("two")],
      answered: (_, body) => void order.push(body),
    };
    const first: LoadRequest = { bytes: post("one"), answered: (_, body) => (order.push(body), second) };
    await closedLoop({ url, connections: 1, wantBody: true, next: () => (sent ? undefined : ((sent = true), first)) });
    assert.deepEqual(order, ["one", "two"]);
  });

  it("opens a lost connection again and repeats the request", async (t) => {
    const url = await serve(t, (body, count) => (count === 2 ? undefined : body));
    let sent = 0;
    const result = await closedLoop({
      url,
      connections: 1,
      next: () => (sent++ < 3 ? { bytes: postTo({ url })("{}") } : undefined),
    });
    assert.equal(result.requests, 3);
    assert.equal(result.lost, 1);
  });
});
