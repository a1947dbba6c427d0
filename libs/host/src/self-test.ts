import { setTimeout as delay } from "node:timers/promises";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Logger } from "./logging.ts";
import { currentTraceId, inSpan, keepTrace, metrics } from "./telemetry.ts";
import { ATTRIBUTE, SPAN } from "./telemetry-names.ts";

/** Real work of a library, such as a statement, by which its spans can be seen. */
export type Probe = () => Promise<unknown>;

const PROBE_MS = 5_000;

/** Sees the spans of one trace as they end. */
export class SpanWatch implements SpanProcessor {
  readonly seen: ReadableSpan[] = [];
  #traceId = "";

  watch(traceId: string): void {
    this.#traceId = traceId;
    this.seen.length = 0;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (span.spanContext().traceId === this.#traceId) this.seen.push(span);
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** What spans show that a library's work is traced. Over gRPC the trace has to have crossed the wire. */
const EVIDENCE: Readonly<Record<string, (spans: readonly ReadableSpan[]) => boolean>> = {
  http: (spans) => spans.some(({ attributes }) => ATTRIBUTE.httpMethod in attributes),
  grpc: (spans) => {
    const calls = spans.filter(({ attributes }) => ATTRIBUTE.rpcSystem in attributes);
    const ids = new Set(calls.map((span) => span.spanContext().spanId));
    return calls.some(({ parentSpanContext }) => ids.has(parentSpanContext?.spanId ?? ""));
  },
  postgres: (spans) => spans.some(({ attributes }) => ATTRIBUTE.dbSystem in attributes),
  nats: (spans) => spans.some(({ attributes }) => ATTRIBUTE.messagingSystem in attributes),
};

export interface SelfTestParts {
  readonly log: Logger;
  readonly watch: SpanWatch;
  /** Whether the process's spans come to us, and not to an agent that was injected before us. */
  readonly isOurs: boolean;
  readonly probes: ReadonlyMap<string, Probe>;
}

/**
 * Does each library's work once and looks for its spans, since instrumentation that is not active says nothing. It is said
 * in one line and a metric; the service runs on, for devices matter more than traces of them.
 */
export async function selfTest({ log, watch, isOurs, probes }: SelfTestParts): Promise<void> {
  const parts: Record<string, string> = {};
  await inSpan(SPAN.selfTest, { parent: ROOT_CONTEXT }, async () => {
    keepTrace();
    for (const [part, probe] of probes) {
      watch.watch(currentTraceId());
      const failure = await outcomeOf(probe);
      parts[part] = failure ?? (EVIDENCE[part]?.(watch.seen) ? "active" : "not active");
    }
    watch.watch("");
  });
  const active = isOurs && Object.values(parts).every((state) => state === "active");
  if (active) log.info({ parts }, "instrumentation is active");
  else log.error({ parts, provider: isOurs ? "ours" : "somebody else's" }, "instrumentation is not active");
  metrics
    .getMeter("muster")
    .createObservableGauge("muster.telemetry.active", { description: "1 where a library's work is traced, else 0" })
    .addCallback((gauge) => {
      for (const [part, state] of Object.entries(parts)) gauge.observe(isOurs && state === "active" ? 1 : 0, { part });
    });
}

/** @returns why it failed; undefined when it did not. */
async function outcomeOf(probe: Probe): Promise<string | undefined> {
  const late = new AbortController();
  try {
    return await Promise.race([
      probe().then(() => undefined),
      delay(PROBE_MS, `no answer within ${PROBE_MS} ms`, { signal: late.signal, ref: false }),
    ]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    late.abort();
  }
}
