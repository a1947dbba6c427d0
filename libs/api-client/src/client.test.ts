import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Client, createClient } from "./client.ts";
import { Problem } from "./problem.ts";

const DEVICE = { deviceId: "d/1" };

describe("a client of the public API", () => {
  it("puts the fields of the path and the query into the address, lists one by one and without what is empty", async () => {
    const { client, asked } = answeredWith(json({ activities: [], nextPageToken: "" }));
    await client.get("/api/v1/devices/{deviceId}", { path: DEVICE });
    await client.get("/api/v1/activities", { query: { types: ["a b", "c"], search: "", since: undefined } });
    assert.deepEqual(
      asked.map(({ url }) => url),
      ["https://mdm.example.com/api/v1/devices/d%2F1", "https://mdm.example.com/api/v1/activities?types=a%20b&types=c"],
    );
  });

  it("shows its token, and does not claim to be a page", async () => {
    const { client, asked } = answeredWith(json({}));
    await client.get("/api/v1/me");
    assert.equal(asked[0]?.headers.get("authorization"), "Bearer muster_t");
    assert.equal(asked[0]?.headers.get("x-muster-csrf"), null);
  });

  it("says without a token that it is a page of this platform", async () => {
    const { client, asked } = answeredWith(json({}), {});
    await client.post("/api/v1/labels", { body: { name: "Berlin" } });
    assert.equal(asked[0]?.headers.get("authorization"), null);
    assert.equal(asked[0]?.headers.get("x-muster-csrf"), "1");
    assert.equal(asked[0]?.credentials, "same-origin");
  });

  it("sends a change as JSON, with the key to repeat it by and with what it depends on", async () => {
    const { client, asked } = answeredWith(json({ id: "p1" }));
    const body = { name: "Disks" };
    await client.put("/api/v1/policies/{id}", { path: { id: "p1" }, body, idempotencyKey: "k1", ifMatch: '"3"' });
    const [request] = asked;
    assert.equal(request?.method, "PUT");
    assert.equal(request?.headers.get("idempotency-key"), "k1");
    assert.equal(request?.headers.get("if-match"), '"3"');
    assert.equal(request?.headers.get("content-type"), "application/json");
    assert.deepEqual(await request?.json(), { name: "Disks" });
  });

  it("throws the platform's problem with its code", async () => {
    const body = {
      type: "about:blank",
      title: "device.unknown",
      status: 404,
      code: "device.unknown",
      detail: "Look again.",
    };
    const { client } = answeredWith(json(body, 404));
    await assert.rejects(client.get("/api/v1/devices/{deviceId}", { path: DEVICE }), (error) => {
      assert.ok(error instanceof Problem);
      assert.deepEqual([error.status, error.code, error.message], [404, "device.unknown", "Look again."]);
      return true;
    });
  });

  it("throws a problem without a code for what is not Muster's answer", async () => {
    const { client } = answeredWith(() => new Response("<h1>Bad gateway</h1>", { status: 502 }));
    await assert.rejects(client.get("/api/v1/me"), new Problem(502, "", "<h1>Bad gateway</h1>"));
  });

  it("throws a problem of its own where nobody answers, and the abortion itself where the caller left", async () => {
    const leaving = new AbortController();
    const { client } = answeredWith(() => {
      throw new TypeError("fetch failed");
    });
    await assert.rejects(client.get("/api/v1/me"), { code: "client.unreachable", status: 0 });
    leaving.abort(new Error("left"));
    await assert.rejects(client.get("/api/v1/me", { signal: leaving.signal }), { message: "left" });
  });

  it("reads a list page by page, and asks for no page that nobody reads", async () => {
    const { client, asked } = answeredWith((request) => {
      const from = Number(new URL(request.url).searchParams.get("pageToken") ?? "0");
      return Response.json({ devices: [{ id: `d${from}` }], nextPageToken: from < 2 ? String(from + 1) : "" });
    });
    const ids: string[] = [];
    for await (const { devices } of client.pages("/api/v1/devices", { query: { pageSize: 1 } })) {
      ids.push(...devices.map(({ id }) => id));
    }
    assert.deepEqual(ids, ["d0", "d1", "d2"]);
    await client.pages("/api/v1/devices").next();
    assert.equal(asked.length, 4);
  });
});

// The comments fail where the line below them is right: this is held when types are checked, and never run.
void (async (client: Client) => {
  // @ts-expect-error no such path
  await client.get("/api/v1/moons");
  // @ts-expect-error a field is missing in the path
  await client.get("/api/v1/devices/{deviceId}");
  // @ts-expect-error a word of the query is misspelled, beside one that is right
  await client.get("/api/v1/devices", { query: { search: "x", presense: "online" } });
  // @ts-expect-error no such platform
  await client.get("/api/v1/devices", { query: { platform: "PLATFORM_AMIGA" } });
  // @ts-expect-error a label has no such field
  await client.post("/api/v1/labels", { body: { name: "Berlin", colour: "red" } });
  // @ts-expect-error nothing is read twice
  await client.get("/api/v1/me", { idempotencyKey: "k1" });
  // @ts-expect-error this list has no pages
  client.pages("/api/v1/labels");
});

type Answering = (request: Request) => Response;

/** A client, and what it asked for. */
function answeredWith(answer: Answering, who: { readonly token?: string } = { token: "muster_t" }) {
  const asked: Request[] = [];
  const client = createClient({
    url: "https://mdm.example.com",
    ...who,
    fetch: async (request) => {
      asked.push(request);
      request.signal.throwIfAborted();
      return answer(request);
    },
  });
  return { client, asked };
}

const json =
  (body: object, status = 200): Answering =>
  () =>
    Response.json(body, { status });
