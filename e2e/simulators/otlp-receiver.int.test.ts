import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { type OtlpReceiver, startOtlpReceiver } from "./otlp-receiver.ts";

const receiver = async (test: TestContext): Promise<OtlpReceiver> => {
  const started = await startOtlpReceiver();
  test.after(() => started.close());
  return started;
};

const trace = "0af7651916cd43dd8448eb211c80319c";
const other = "1bf7651916cd43dd8448eb211c80319c";
const [door, publish, judge] = ["00f067aa0ba902b7", "11f067aa0ba902b7", "22f067aa0ba902b7"];

const jsonOf = (service: string, ...spans: object[]) => ({
  resource: { attributes: [{ key: "service.name", value: { stringValue: service } }] },
  scopeSpans: [{ spans }],
});

const field = (number: number, bytes: Buffer): Buffer => {
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
};
const varint = (number: number, value: number): Buffer => Buffer.from([number << 3, value]);
const text = (number: number, value: string): Buffer => field(number, Buffer.from(value));
const hex = (number: number, value: string): Buffer => field(number, Buffer.from(value, "hex"));
const time = (number: number, value: bigint): Buffer => {
  const bytes = Buffer.alloc(9, (number << 3) | 1);
  bytes.writeBigUInt64LE(value, 1);
  return bytes;
};

describe("the OTLP receiver", () => {
  it("follows a trace from service to service by parent and by link", async (t) => {
    const otlp = await receiver(t);
    const body = {
      resourceSpans: [
        jsonOf(
          "inventory",
          { traceId: trace, spanId: door, name: "POST", kind: 2 },
          { traceId: trace, spanId: publish, parentSpanId: door, name: "publish", kind: 4 },
        ),
        jsonOf("policy", {
          traceId: other,
          spanId: judge,
          name: "judge",
          links: [{ traceId: trace, spanId: publish }],
        }),
      ],
    };
    const found = otlp.traceThrough(["inventory", "policy", "notification"]);
    const headers = { "content-type": "application/json" };
    await fetch(`${otlp.url}/v1/traces`, { method: "POST", headers, body: JSON.stringify(body) });
    const told = { traceId: other, spanId: "33f067aa0ba902b7", parentSpanId: judge, name: "tell" };
    const rest = { resourceSpans: [jsonOf("notification", told)] };
    await fetch(`${otlp.url}/v1/traces`, { method: "POST", headers, body: JSON.stringify(rest) });
    assert.deepEqual(otlp.edges(await found), [
      { from: "inventory", to: "policy", by: "link" },
      { from: "policy", to: "notification", by: "parent" },
    ]);
  });

  it("reads the same from protobuf", async (t) => {
    const otlp = await receiver(t);
    const attribute = (key: string, value: Buffer): Buffer => Buffer.concat([text(1, key), field(2, value)]);
    const span = Buffer.concat([
      hex(1, trace),
      hex(2, publish),
      hex(4, door),
      text(5, "publish"),
      varint(6, 4),
      time(7, 1_700_000_000_000_000_000n),
      time(8, 1_700_000_000_000_001_000n),
      field(9, attribute("n", varint(3, 7))),
      field(13, Buffer.concat([hex(1, other), hex(2, judge)])),
      field(15, varint(3, 2)),
    ]);
    const resource = field(1, field(1, attribute("service.name", text(1, "inventory"))));
    const body = field(1, Buffer.concat([resource, field(2, field(2, span))]));
    const headers = { "content-type": "application/x-protobuf" };
    assert.equal((await fetch(`${otlp.url}/v1/traces`, { method: "POST", headers, body })).status, 200);
    assert.deepEqual(otlp.spans.all(), [
      {
        service: "inventory",
        name: "publish",
        traceId: trace,
        spanId: publish,
        parentSpanId: door,
        kind: 4,
        startNs: 1_700_000_000_000_000_000n,
        endNs: 1_700_000_000_000_001_000n,
        attributes: { n: "7" },
        links: [{ traceId: other, spanId: judge }],
        status: 2,
      },
    ]);
  });

  it("refuses bytes that are no protobuf message", async (t) => {
    const otlp = await receiver(t);
    const headers = { "content-type": "application/x-protobuf" };
    const answer = await fetch(`${otlp.url}/v1/traces`, { method: "POST", headers, body: Buffer.from([0xff, 0xff]) });
    assert.equal(answer.status, 400);
  });
});
