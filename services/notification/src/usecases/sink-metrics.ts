import { metrics } from "@muster/host/telemetry";
import type { ItemOutcome } from "../domain/outgoing-event.ts";
import { positionOf } from "../domain/sinks/breaker.ts";
import type { SinkKind } from "../domain/sinks/sink-draft.ts";

/** What is measured of a sink that is worked on here. */
export interface MeasuredSink {
  readonly id: string;
  readonly kind: SinkKind;
  readonly lagSeconds: number;
  readonly held: number;
  readonly breaker: Parameters<typeof positionOf>[0];
}

const OPENNESS = { BREAKER_STATE_CLOSED: 0, BREAKER_STATE_HALF_OPEN: 1, BREAKER_STATE_OPEN: 2 } as const;

/** The figures of the sinks that this process works on. */
export class SinkMetrics {
  readonly #events = metrics.getMeter("muster").createCounter("muster.sink.events", {
    unit: "{event}",
    description: "What became of events sent to sinks",
  });
  readonly #batches = metrics.getMeter("muster").createHistogram("muster.sink.batch.duration", {
    unit: "s",
    description: "How long the other side took for a batch",
  });

  /** Measures sinks whenever the metrics are read. */
  watch(sinks: () => Iterable<MeasuredSink>): void {
    const gauge = (name: string, unit: string, description: string, value: (sink: MeasuredSink) => number) =>
      metrics
        .getMeter("muster")
        .createObservableGauge(name, { unit, description })
        .addCallback((each) => {
          for (const sink of sinks()) each.observe(value(sink), { sink: sink.id, kind: sink.kind });
        });
    gauge("muster.sink.lag", "s", "Age of the oldest event that was read and not taken", (sink) => sink.lagSeconds);
    gauge("muster.sink.pending", "{event}", "Events held in memory", (sink) => sink.held);
    gauge(
      "muster.sink.breaker",
      "1",
      "0 closed, 1 half-open, 2 open",
      ({ breaker }) => OPENNESS[positionOf(breaker, Date.now())],
    );
  }

  answered(kind: SinkKind, outcomes: readonly ItemOutcome[], tookMs: number): void {
    this.#batches.record(tookMs / 1_000, { kind, outcome: "answered" });
    for (const outcome of ["taken", "refused", "retry"] as const) {
      const count = outcomes.filter((each) => each.kind === outcome).length;
      if (count > 0) this.#events.add(count, { kind, outcome });
    }
  }

  failed(kind: SinkKind, count: number, tookMs: number): void {
    this.#batches.record(tookMs / 1_000, { kind, outcome: "failed" });
    this.#events.add(count, { kind, outcome: "failed" });
  }
}
