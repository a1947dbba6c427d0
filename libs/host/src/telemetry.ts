import {
  type Attributes,
  type Context,
  context,
  DiagLogLevel,
  diag,
  type Link,
  logs,
  metrics,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { LoggerProvider } from "@opentelemetry/sdk-logs";
import { type IMetricReader, MeterProvider } from "@opentelemetry/sdk-metrics";
import { ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Logger } from "./logging.ts";
import { exportComplaints } from "./otlp/export-complaints.ts";
import { logExport, metricExport, spanExport } from "./otlp/exporters.ts";
import type { OtlpSettings } from "./otlp/otlp-settings.ts";

export interface Telemetry {
  /** Serves the process's metrics in Prometheus' text format. */
  readonly exporter: PrometheusExporter;
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
  const named = resourceFromAttributes({ "service.name": `muster-${service}`, "service.namespace": "muster" });
  const resource = named.merge(detectResources({ detectors: [envDetector] }));
  diag.setLogger(exportComplaints(log), DiagLogLevel.WARN);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  // One set of instruments, read by whoever asks for /metrics and by what sends them.
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const meters = new MeterProvider({ resource, readers: present<IMetricReader>(exporter, await metricExport(otlp)) });
  metrics.setGlobalMeterProvider(meters);
  const spans = await spanExport(otlp, meters);
  const tracers = new TracerProvider({
    resource,
    spanProcessors: present(spans),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(spans === undefined ? 0 : sampleRatio) }),
  });
  trace.setGlobalTracerProvider(tracers);
  const lines = await logExport(otlp, meters);
  const loggers = new LoggerProvider({ resource, processors: present(lines) });
  if (lines !== undefined) logs.setGlobalLoggerProvider(loggers);
  return {
    exporter,
    stop: async () => {
      await Promise.allSettled([tracers.shutdown(), loggers.shutdown()]);
      await meters.shutdown();
    },
  };
}

const present = <T>(...maybe: readonly (T | undefined)[]): T[] => maybe.filter((each) => each !== undefined);

/** A trace's place as it travels in a header, an outbox row or a message. */
export interface TraceCarrier {
  readonly traceparent?: string;
}

/** The id of the trace that is under way; empty when none is. */
export const currentTraceId = (): string => trace.getActiveSpan()?.spanContext().traceId ?? "";

export const currentTrace = (): TraceCarrier => carrierOf(context.active());

function carrierOf(place: Context): TraceCarrier {
  const carrier: { traceparent?: string } = {};
  propagation.inject(place, carrier);
  return carrier;
}

export const traceOf = (carrier: TraceCarrier): Context => propagation.extract(ROOT_CONTEXT, carrier);

export interface SpanOptions {
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** Where the span hangs; the active span when it is not given. */
  readonly parent?: Context;
  /** What it also has to do with, without hanging there. */
  readonly links?: readonly TraceCarrier[];
}

const tracer = trace.getTracer("muster");

/** Runs the work inside a span; an error ends it as failed and is thrown on. */
export async function inSpan<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> {
  const { span, place } = startSpan(name, options);
  try {
    return await context.with(place, () => work(span));
  } catch (error) {
    markFailed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Notes a moment: a span that takes no time. @returns its place, for what follows from it. */
export function noteSpan(name: string, options: SpanOptions): TraceCarrier {
  const { span, place } = startSpan(name, options);
  span.end();
  return carrierOf(place);
}

/** A span around something that is nobody's call, such as one of many events in a batch. @returns what ends it. */
export function openSpan(name: string, options: SpanOptions): (failure?: unknown) => void {
  const { span } = startSpan(name, options);
  return (failure) => {
    if (failure !== undefined) markFailed(span, failure);
    span.end();
  };
}

const markFailed = (span: Span, error: unknown): void =>
  void span.setStatus({
    code: SpanStatusCode.ERROR,
    message: error instanceof Error ? error.message : String(error),
  });

function startSpan(name: string, options: SpanOptions): { span: Span; place: Context } {
  const parent = options.parent ?? context.active();
  const links = (options.links ?? []).flatMap((carrier): Link[] => {
    const linked = trace.getSpanContext(traceOf(carrier));
    return linked === undefined ? [] : [{ context: linked }];
  });
  const { kind = SpanKind.INTERNAL, attributes = {} } = options;
  const span = tracer.startSpan(name, { kind, attributes, links }, parent);
  return { span, place: trace.setSpan(parent, span) };
}

export { context, metrics, SpanKind, trace };
