import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { context, logs, SeverityNumber, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { suppressTracing } from "@opentelemetry/core";
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { createLogger } from "../logging.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";

describe("a line of the log that is sent", () => {
  const exporter = new InMemoryLogRecordExporter();
  const log = createLogger("test", "info");

  beforeEach(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] }));
  });
  afterEach(() => {
    logs.disable();
    context.disable();
    exporter.reset();
  });

  it("has its words, its fields and its trace", () => {
    const place = trace.setSpanContext(context.active(), { traceId, spanId: "00f067aa0ba902b7", traceFlags: 1 });
    context.with(place, () => log.warn({ tenant: "acme", events: 3 }, "relay interrupted"));
    const [record] = exporter.getFinishedLogRecords();
    assert.equal(record?.body, "relay interrupted");
    assert.equal(record.severityNumber, SeverityNumber.WARN);
    assert.equal(record.severityText, "WARN");
    assert.equal(record.spanContext?.traceId, traceId);
    assert.deepEqual(record.attributes, { tenant: "acme", events: 3 });
  });

  it("shows no more than standard output does", () => {
    log.error({ token: "s3cret", device: { nodeKey: "s3cret" } }, "refused");
    const [record] = exporter.getFinishedLogRecords();
    assert.deepEqual(record?.attributes, { token: "[secret]", device: { nodeKey: "[secret]" } });
  });

  it("names an error as the conventions do", () => {
    log.error({ err: new TypeError("broken") }, "call failed");
    const attributes = exporter.getFinishedLogRecords()[0]?.attributes ?? {};
    assert.equal(attributes["exception.type"], "TypeError");
    assert.equal(attributes["exception.message"], "broken");
    assert.match(String(attributes["exception.stacktrace"]), /^TypeError: broken\n/);
  });

  it("does not speak of the sending itself, nor is below the level that is kept", () => {
    context.with(suppressTracing(context.active()), () => log.warn("telemetry was not taken"));
    log.debug("a detail");
    assert.deepEqual(exporter.getFinishedLogRecords(), []);
  });
});
