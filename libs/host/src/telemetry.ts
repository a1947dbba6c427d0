import {
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
import { Refusal } from "./refusal.ts";
import { type KeptTraces, sampledPlace } from "./sampling/kept-traces.ts";
import { ATTRIBUTE, type SpanAttributes } from "./telemetry-names.ts";

/** A trace's place as it travels in a header, an outbox row or a message. */
export interface TraceCarrier {
  readonly traceparent?: string;
}

/** The id of the trace that is under way; empty when none is. */
export const currentTraceId = (): string => trace.getActiveSpan()?.spanContext().traceId ?? "";

export const currentTrace = (): TraceCarrier => carrierOf(context.active());

function carrierOf(place: Context): TraceCarrier {
  const carrier: { traceparent?: string } = {};
  propagation.inject(isKept(place) ? sampledPlace(place) : place, carrier);
  return carrier;
}

const isKept = (place: Context): boolean => kept?.isKept(trace.getSpanContext(place)?.traceId ?? "") ?? false;

/** Where traces that are not sampled wait, in a process that sends traces. */
let kept: KeptTraces | undefined;
export const keepIn = (traces: KeptTraces | undefined): void => void (kept = traces);

/** Whether this process sends traces: where it does not, nobody misses a span that nothing hangs below. */
export const sendsTraces = (): boolean => kept !== undefined;

/** Whether the trace that is under way was chosen to be kept, whatever the ratio. */
export const currentTraceIsKept = (): boolean => isKept(context.active());

/** Keeps the whole trace that is under way, whatever the ratio: what is destructive is always seen. */
export function keepTrace(): void {
  const traceId = currentTraceId();
  if (traceId === "") return;
  trace.getActiveSpan()?.setAttribute(ATTRIBUTE.kept, true);
  kept?.keep(traceId);
}

export const traceOf = (carrier: TraceCarrier): Context => propagation.extract(ROOT_CONTEXT, carrier);

export interface SpanOptions {
  readonly kind?: SpanKind;
  readonly attributes?: SpanAttributes;
  /** Where the span hangs; the active span when it is not given. */
  readonly parent?: Context;
  /** What it also has to do with, without hanging there. */
  readonly links?: readonly TraceCarrier[];
}

const tracer = trace.getTracer("muster");

/** Adds to a span what is only known later. */
export type Note = (attributes: SpanAttributes) => void;

/** Runs the work inside a span; an error ends it as failed and is thrown on. */
export async function inSpan<T>(name: string, options: SpanOptions, work: (note: Note) => Promise<T>): Promise<T> {
  const { span, place } = startSpan(name, options);
  try {
    return await context.with(place, () => work((attributes) => void span.setAttributes(attributes)));
  } catch (error) {
    markFailed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

export interface NamedSpan extends SpanOptions {
  readonly name: string;
}

/**
 * Runs one piece of work inside several spans, each with a parent of its own; what begins in it hangs below the last. The
 * work is handed the place of each, in their order.
 */
export async function inSpans<T>(
  spans: readonly NamedSpan[],
  work: (places: readonly TraceCarrier[]) => Promise<T>,
): Promise<T> {
  const started = spans.map(({ name, ...options }) => startSpan(name, options));
  const places = started.map(({ place }) => carrierOf(place));
  try {
    return await context.with(started.at(-1)?.place ?? context.active(), () => work(places));
  } catch (error) {
    for (const { span } of started) markFailed(span, error);
    throw error;
  } finally {
    for (const { span } of started) span.end();
  }
}

/** Whether somebody would see a span that begins here: only then is it worth making one for a detail. */
export const isTraced = (): boolean => trace.getActiveSpan()?.isRecording() ?? false;

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

/** A refusal is an answer, and no error: who asks for what is not there would fill the traces that are kept. */
function markFailed(span: Span, error: unknown): void {
  const refused = error instanceof Refusal && error.kind !== "unavailable";
  span.setAttribute(ATTRIBUTE.errorType, codeOf(error));
  if (refused) return;
  span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
  kept?.keep(span.spanContext().traceId);
}

/** The code of a refusal, of Postgres (SQLSTATE) or of the system, else the error's class. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

function startSpan(name: string, options: SpanOptions): { span: Span; place: Context } {
  const parent = options.parent ?? context.active();
  const links = (options.links ?? []).flatMap((carrier): Link[] => {
    const linked = trace.getSpanContext(traceOf(carrier));
    return linked === undefined ? [] : [{ context: linked }];
  });
  const { kind = SpanKind.INTERNAL, attributes = {} } = options;
  const span = tracer.startSpan(name, { kind, attributes, links }, parent);
  // What a trace that is kept links to is kept as well: a link has to lead somewhere.
  if (links.length > 0 && kept?.isSent(span.spanContext())) for (const link of links) kept.keep(link.context.traceId);
  return { span, place: trace.setSpan(parent, span) };
}

export { metrics, SpanKind };
