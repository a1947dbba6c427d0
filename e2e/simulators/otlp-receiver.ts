import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { Arrivals } from "./arrivals.ts";
import { type LogRecord, readLogRecords } from "./otlp/log-record.ts";
import { type Metric, readMetrics } from "./otlp/metric.ts";
import { readOtlpJson } from "./otlp/otlp-json.ts";
import { readOtlpProtobuf } from "./otlp/otlp-protobuf.ts";
import type { Span } from "./otlp/span.ts";

/** A step of a trace from one service to another. */
export interface ServiceEdge {
  readonly from: string;
  readonly to: string;
  /** `link` where a consumer started its own span and only points back to the producer's. */
  readonly by: "parent" | "link";
}

export interface OtlpReceiver {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: Arrivals<Span>;
  readonly metrics: Arrivals<Metric>;
  readonly logs: Arrivals<LogRecord>;
  /** Spans of a trace, and of those that it is linked with. */
  trace(traceId: string): readonly Span[];
  /** Each edge between two services once. */
  edges(traceId: string): readonly ServiceEdge[];
  /** Waits until one trace has spans of all these services. @returns its id. */
  traceThrough(services: readonly string[], timeoutMs?: number): Promise<string>;
  close(): Promise<void>;
}

const linkedSpans = (all: readonly Span[], traceId: string): Span[] => {
  const traces = new Set([traceId]);
  for (let before = 0; before !== traces.size; ) {
    before = traces.size;
    for (const span of all) {
      if (span.links.some((link) => traces.has(link.traceId))) traces.add(span.traceId);
      if (traces.has(span.traceId)) for (const link of span.links) traces.add(link.traceId);
    }
  }
  return all.filter((span) => traces.has(span.traceId));
};

const edgesOf = (spans: readonly Span[]): ServiceEdge[] => {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const edges = new Map<string, ServiceEdge>();
  const add = (from: Span | undefined, to: Span, by: ServiceEdge["by"]): void => {
    if (from === undefined || from.service === to.service) return;
    edges.set(`${from.service} ${to.service} ${by}`, { from: from.service, to: to.service, by });
  };
  for (const span of spans) {
    add(byId.get(span.parentSpanId), span, "parent");
    for (const link of span.links) add(byId.get(link.spanId), span, "link");
  }
  return [...edges.values()];
};

/** Takes OTLP over HTTP in protobuf, traces in JSON too, and answers questions about the traces. */
export const startOtlpReceiver = async (port = 0): Promise<OtlpReceiver> => {
  const spans = new Arrivals<Span>();
  const metrics = new Arrivals<Metric>();
  const logs = new Arrivals<LogRecord>();

  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const raw = await buffer(request);
    const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
    const json = request.headers["content-type"]?.startsWith("application/json") ?? false;
    if (request.url === "/v1/traces") {
      for (const span of json ? readOtlpJson(body.toString()) : readOtlpProtobuf(body)) spans.add(span);
    } else if (request.url === "/v1/metrics") {
      for (const metric of readMetrics(body)) metrics.add(metric);
    } else if (request.url === "/v1/logs") {
      for (const record of readLogRecords(body)) logs.add(record);
    }
    response
      .writeHead(200, { "content-type": json ? "application/json" : "application/x-protobuf" })
      .end(json ? "{}" : "");
  };

  const server = createServer((request, response) => {
    receive(request, response).catch((error: unknown) => response.writeHead(400).end(String(error)));
  });
  await new Promise<void>((resolve) => void server.listen(port, "127.0.0.1", resolve));
  const trace = (traceId: string): readonly Span[] => linkedSpans(spans.all(), traceId);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    metrics,
    logs,
    trace,
    edges: (traceId) => edgesOf(trace(traceId)),
    traceThrough: async (services, timeoutMs) =>
      await spans.until(
        (all) =>
          [...new Set(all.map((span) => span.traceId))].find((traceId) => {
            const met = new Set(linkedSpans(all, traceId).map((span) => span.service));
            return services.every((service) => met.has(service));
          }),
        `a trace through ${services.join(", ")}`,
        timeoutMs,
      ),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
};
