import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import {
  AlwaysOffSampler,
  createAlwaysRecordSampler,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { KeptTraces } from "./kept-traces.ts";

describe("traces that were not sampled", () => {
  let exporter: InMemorySpanExporter;
  let kept: KeptTraces;

  beforeEach(() => {
    exporter = new InMemorySpanExporter();
    kept = new KeptTraces(new SimpleSpanProcessor({ exporter }), 10_000);
  });

  const tracer = () =>
    new TracerProvider({
      sampler: createAlwaysRecordSampler(new AlwaysOffSampler()),
      spanProcessors: [kept],
    }).getTracer("test");
  const start = (name: string, attributes = {}) => tracer().startSpan(name, { attributes, root: true });
  const sent = () => exporter.getFinishedSpans().map(({ name }) => name);

  it("are not sent", () => {
    start("read").end();
    assert.deepEqual(sent(), []);
    assert.ok(kept.heldBytes > 0);
  });

  it("are sent whole once they are to be kept: what ended before, and what ends later", () => {
    const door = start("POST /api/v1/commands");
    tracer().startSpan("enqueue", {}, trace.setSpan(ROOT_CONTEXT, door)).end();
    assert.deepEqual(sent(), []);
    kept.keep(door.spanContext().traceId);
    assert.deepEqual(sent(), ["enqueue"]);
    door.end();
    assert.deepEqual(sent(), ["enqueue", "POST /api/v1/commands"]);
    assert.ok(exporter.getFinishedSpans().every((span) => span.spanContext().traceFlags === 1));
    assert.equal(kept.heldBytes, 0);
  });

  it("make room, the oldest first, and never take more than was set", () => {
    const first = start("first");
    first.end();
    for (let span = 0; span < 50; span++) {
      start("later", { "db.query.text": "x".repeat(500) }).end();
      assert.ok(kept.heldBytes <= 10_000);
    }
    kept.keep(first.spanContext().traceId);
    assert.deepEqual(sent(), []);
  });
});
