import { context, DiagLogLevel, diag, logs, metrics, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { LoggerProvider } from "@opentelemetry/sdk-logs";
import { type IMetricReader, MeterProvider } from "@opentelemetry/sdk-metrics";
import {
  createAlwaysRecordSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Logger } from "./logging.ts";
import { exportComplaints } from "./otlp/export-complaints.ts";
import { logExport, metricExport, spanExport } from "./otlp/exporters.ts";
import type { OtlpSettings } from "./otlp/otlp-settings.ts";
import { KeptTraces } from "./sampling/kept-traces.ts";
import { type Probe, SpanWatch, selfTest } from "./self-test.ts";
import { keepIn } from "./telemetry.ts";
import { ATTRIBUTE } from "./telemetry-names.ts";

export interface Telemetry {
  /** Serves the process's metrics in Prometheus' text format. */
  readonly exporter: PrometheusExporter;
  /** Says in the log whether what the libraries do is really seen; nothing where no traces are sent. */
  selfTest(probes: ReadonlyMap<string, Probe>): Promise<void>;
  stop(): Promise<void>;
}

export interface TelemetryOptions {
  readonly service: string;
  readonly log: Logger;
  readonly otlp: OtlpSettings;
  /** Which part of the traces that begin here is kept, 0 to 1. */
  readonly sampleRatio: number;
}

/**
 * Starts traces, metrics and logs. Spans are made by hand in the libraries that wrap HTTP, gRPC, Postgres and NATS:
 * a module loader hook would cost more than the spans, and loses gRPC spans under ES modules without a word.
 */
export async function startTelemetry({ service, log, otlp, sampleRatio }: TelemetryOptions): Promise<Telemetry> {
  const named = resourceFromAttributes({
    [ATTRIBUTE.serviceName]: `muster-${service}`,
    [ATTRIBUTE.serviceNamespace]: "muster",
  });
  const resource = named.merge(detectResources({ detectors: [envDetector] }));
  diag.setLogger(exportComplaints(log), DiagLogLevel.WARN);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  // One set of instruments, read by whoever asks for /metrics and by what sends them.
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const meters = new MeterProvider({ resource, readers: present<IMetricReader>(exporter, await metricExport(otlp)) });
  metrics.setGlobalMeterProvider(meters);
  const spans = await spanExport(otlp, meters);
  const sampler = new ParentBasedSampler({
    root: new TraceIdRatioBasedSampler(spans === undefined ? 0 : sampleRatio),
  });
  const kept = spans === undefined ? undefined : new KeptTraces(spans);
  keepIn(kept);
  const watch = new SpanWatch();
  const tracers = new TracerProvider({
    resource,
    spanProcessors: kept === undefined ? [] : [kept, watch],
    sampler: kept === undefined ? sampler : createAlwaysRecordSampler(sampler),
  });
  const isOurs = trace.setGlobalTracerProvider(tracers);
  const lines = await logExport(otlp, meters);
  const loggers = new LoggerProvider({ resource, processors: present(lines) });
  if (lines !== undefined) logs.setGlobalLoggerProvider(loggers);
  return {
    exporter,
    selfTest: (probes) => (kept === undefined ? Promise.resolve() : selfTest({ log, watch, isOurs, probes })),
    stop: async () => {
      // What the last reading of metrics asks is closed by now, and says so.
      diag.disable();
      await Promise.allSettled([tracers.shutdown(), loggers.shutdown()]);
      await meters.shutdown();
    },
  };
}

const present = <T>(...maybe: readonly (T | undefined)[]): T[] => maybe.filter((each) => each !== undefined);
