import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { eventually } from "@muster/testkit/eventually";
import { v7 as uuidv7 } from "uuid";
import { type CommandProcess, INGRESS_KEY, startCommand } from "./testing/command-process.ts";
import { clientCertHeader } from "./testing/device-certificate.ts";
import { TestAgent } from "./testing/test-agent.ts";
import { startTestPlatform, TENANT, type TestPlatform } from "./testing/test-platform.ts";

describe("the agents' door", () => {
  let platform: TestPlatform;
  let service: CommandProcess;

  before(async () => {
    platform = await startTestPlatform();
    service = await startCommand(platform.database.url, platform.bus.url);
  });

  after(async () => {
    await service?.stop();
    await platform?.stop();
  });

  const someone = () => ({ tenant: TENANT, deviceId: uuidv7(), generation: 1 });
  const headersOf = async () => ({
    "client-cert": await clientCertHeader(someone()),
    "muster-ingress-key": INGRESS_KEY,
  });
  const send = async (path: string, headers: Record<string, string>, body: string | Uint8Array<ArrayBuffer>) => {
    const answer = await fetch(`${service.url}/agent/v1/${path}`, { method: "POST", headers, body });
    return [answer.status, ((await answer.json()) as { code?: string }).code];
  };

  it("believes a certificate only from the ingress", async () => {
    const headers = await headersOf();
    assert.deepEqual(await send("checkin", { "client-cert": headers["client-cert"] }, "{}"), [
      401,
      "agent.certificate_required",
    ]);
    assert.deepEqual(await send("checkin", { ...headers, "muster-ingress-key": "guess" }, "{}"), [
      401,
      "agent.certificate_required",
    ]);
    assert.deepEqual(await send("checkin", { ...headers, "client-cert": ":AAAA:" }, "{}"), [
      401,
      "agent.certificate_required",
    ]);
    const answer = await fetch(`${service.url}/agent/v1/stream`);
    assert.equal(answer.status, 401);
  });

  it("lets a device in whose enrollment it has not heard of yet", async () => {
    const agent = await TestAgent.of(service.url, someone());
    assert.deepEqual(await agent.checkIn(), []);
  });

  it("answers what it cannot read with a clear no", async () => {
    const headers = await headersOf();
    const bad: [string, Record<string, string>, string | Uint8Array<ArrayBuffer>, [number, string]][] = [
      ["results", headers, "{", [400, "http.malformed_json"]],
      ["results", headers, "null", [400, "agent.bad_body"]],
      ["results", headers, '{"results":{}}', [400, "agent.bad_body"]],
      ["results", headers, '{"results":[null]}', [400, "agent.bad_body"]],
      ["results", headers, '{"results":[{"commandId":7}]}', [400, "agent.bad_body"]],
      ["results", { ...headers, "content-encoding": "gzip" }, "no gzip", [400, "http.malformed_encoding"]],
      [
        "checkin",
        { ...headers, "content-encoding": "gzip" },
        new Uint8Array(gzipSync(Buffer.alloc(64 * 1024 * 1024))),
        [413, "http.too_large"],
      ],
      ["results", headers, " ".repeat(27 * 1024 * 1024), [413, "http.too_large"]],
    ];
    for (const [path, sent, body, expected] of bad) {
      // A server that refuses a large body may close before all of it was sent.
      const answer = await send(path, sent, body).catch(() => expected);
      assert.deepEqual(answer, expected);
    }
    const agent = await TestAgent.of(service.url, someone());
    assert.deepEqual(await agent.checkIn(), []);
  });

  it("holds one stream a device: the newest", async () => {
    const agent = await TestAgent.of(service.url, someone());
    const first = agent.stream(AbortSignal.timeout(10_000));
    await first.next();
    const end = new AbortController();
    const second = agent.stream(end.signal);
    await second.next();
    assert.equal((await first.next()).done, true);
    end.abort();
  });

  it("wakes all devices of a tenant for a question, and no other tenant's", async () => {
    const mine = await Promise.all(Array.from({ length: 5 }, () => TestAgent.of(service.url, someone())));
    const other = await TestAgent.of(service.url, { ...someone(), tenant: "other" });
    const end = new AbortController();
    const streams = mine.map((agent) => agent.stream(end.signal));
    const othersStream = other.stream(end.signal);
    for (const stream of [...streams, othersStream]) await stream.next();
    const first = othersStream.next();
    const woken = Promise.all(streams.map((stream) => stream.next()));
    platform.bus.bus.publish(`wake.tenant.${TENANT}`, "queries");
    for (const { value } of await woken) assert.deepEqual(value, { type: "wake", for: "queries" });
    platform.bus.bus.publish("wake.tenant.other", "queries");
    assert.deepEqual((await first).value, { type: "wake", for: "queries" });
    end.abort();
  });

  it("ends its streams in order when the service stops", async () => {
    const leaving = await startCommand(platform.database.url, platform.bus.url);
    const agent = await TestAgent.of(leaving.url, someone());
    const stream = agent.stream(AbortSignal.timeout(10_000));
    await stream.next();
    const ended = stream.next();
    assert.equal(await leaving.stop(), 0);
    assert.equal((await ended).done, true);
    assert.doesNotMatch(leaving.log(), /"level":"error"/);
    await eventually("the other replica", async () =>
      (await agent.post("checkin", {}).catch(() => undefined)) === undefined ? true : undefined,
    );
  });
});
