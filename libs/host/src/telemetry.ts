import {
  type Attributes,
  type Context,
  context,
  type Link,
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
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";

export interface Telemetry {
  /** Serves the process's metrics in Prometheus' text format. */
  readonly exporter: PrometheusExporter;
  stop(): Promise<void>;
}

export interface TelemetryOptions {
  readonly service: string;
  /** Base address of an OTLP receiver over HTTP, such as http://collector:4318; empty switches traces off. */
  readonly otlpEndpoint: string;
  /** Which part of the traces that begin here is kept, 0 to 1. */
  readonly sampleRatio: number;
}

/**
 * Starts traces and metrics. Spans are made by hand in the libraries that wrap HTTP, gRPC, Postgres and NATS:
 * a module loader hook would cost more than the spans, and loses gRPC spans under ES modules without a word.
 */
export async function startTelemetry({ service, otlpEndpoint, sampleRatio }: TelemetryOptions): Promise<Telemetry> {
  const resource = resourceFromAttributes({ "service.name": `muster-${service}`, "service.namespace": "muster" });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const spanProcessors = otlpEndpoint === "" ? [] : [await spanExport(otlpEndpoint)];
  const tracers = new TracerProvider({
    resource,
    spanProcessors,
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(otlpEndpoint === "" ? 0 : sampleRatio) }),
  });
  trace.setGlobalTracerProvider(tracers);
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const meters = new MeterProvider({ resource, readers: [exporter] });
  metrics.setGlobalMeterProvider(meters);
  return {
    exporter,
    stop: async () => {
      await tracers.shutdown();
      await meters.shutdown();
    },
  };
}

/** Loaded only where traces are sent: what is not used takes no memory. */
async function spanExport(otlpEndpoint: string): Promise<BatchSpanProcessor> {
  const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
  const exporter = new OTLPTraceExporter({ url: `${otlpEndpoint.replace(/\/$/, "")}/v1/traces` });
  return new BatchSpanProcessor({ exporter, scheduledDelayMillis: 500 });
}

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
