import { type Context, type SpanContext, TraceFlags, trace } from "@opentelemetry/api";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";

/** What spans that may still turn out to be wanted take at most, in bytes as estimated. */
const HELD_BYTES = 4 * 1024 * 1024;
/** So many traces are remembered as kept: what of them happens here later is sent at once. */
const REMEMBERED = 2_000;

interface Held {
  readonly spans: ReadableSpan[];
  bytes: number;
}

/**
 * Sends what was sampled, and holds back what was not, for as long as there is room: when a trace turns out to be one
 * to keep, what was held of it is sent too. Which traces are kept, docs/decisions/0014 says.
 */
export class KeptTraces implements SpanProcessor {
  readonly #next: SpanProcessor;
  readonly #heldAtMost: number;
  /** By trace, the oldest first. */
  readonly #held = new Map<string, Held>();
  readonly #kept = new Set<string>();
  #bytes = 0;

  constructor(next: SpanProcessor, heldAtMost = HELD_BYTES) {
    this.#next = next;
    this.#heldAtMost = heldAtMost;
  }

  /** Sends what this process has made of the trace, and makes of it from now on. */
  keep(traceId: string): void {
    if (this.#kept.has(traceId)) return;
    this.#kept.add(traceId);
    for (const oldest of this.#kept) {
      if (this.#kept.size <= REMEMBERED) break;
      this.#kept.delete(oldest);
    }
    const held = this.#held.get(traceId);
    if (held === undefined) return;
    this.#forget(traceId, held);
    for (const span of held.spans) this.#next.onEnd(asSampled(span));
  }

  isKept(traceId: string): boolean {
    return this.#kept.has(traceId);
  }

  isSent({ traceFlags, traceId }: SpanContext): boolean {
    return (traceFlags & TraceFlags.SAMPLED) !== 0 || this.#kept.has(traceId);
  }

  get heldBytes(): number {
    return this.#bytes;
  }

  onStart(...started: Parameters<SpanProcessor["onStart"]>): void {
    this.#next.onStart(...started);
  }

  onEnd(span: ReadableSpan): void {
    const place = span.spanContext();
    if (this.isSent(place)) this.#next.onEnd(asSampled(span));
    else this.#hold(place.traceId, span);
  }

  forceFlush(): Promise<void> {
    return this.#next.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#next.shutdown();
  }

  #hold(traceId: string, span: ReadableSpan): void {
    const held = this.#held.get(traceId) ?? { spans: [], bytes: 0 };
    this.#held.set(traceId, held);
    const bytes = sizeOf(span);
    held.spans.push(span);
    held.bytes += bytes;
    this.#bytes += bytes;
    for (const [oldest, { bytes: freed }] of this.#held) {
      if (this.#bytes <= this.#heldAtMost) return;
      this.#held.delete(oldest);
      this.#bytes -= freed;
    }
  }

  #forget(traceId: string, { bytes }: Held): void {
    this.#held.delete(traceId);
    this.#bytes -= bytes;
  }
}

/** An empty span takes about this much. */
const SPAN_BYTES = 900;

function sizeOf({ attributes, links, name }: ReadableSpan): number {
  let bytes = SPAN_BYTES + 2 * name.length + 200 * links.length;
  for (const value of Object.values(attributes)) bytes += 50 + (typeof value === "string" ? 2 * value.length : 8);
  return bytes;
}

const sampled = (place: SpanContext): SpanContext => ({ ...place, traceFlags: place.traceFlags | TraceFlags.SAMPLED });

const asSampled = (span: ReadableSpan): ReadableSpan =>
  (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0
    ? span
    : (Object.create(span, { spanContext: { value: () => sampled(span.spanContext()) } }) as ReadableSpan);

/** The same place, marked as sampled: so the next service keeps its part, too. */
export function sampledPlace(place: Context): Context {
  const current = trace.getSpanContext(place);
  return current === undefined ? place : trace.setSpanContext(place, sampled(current));
}
