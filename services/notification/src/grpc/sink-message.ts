import { Sink, type SinkState } from "@muster/contracts/gen/muster/notification/v1/sink";
import { positionText } from "../domain/position.ts";
import { positionOf } from "../domain/sinks/breaker.ts";
import { shownFilter, shownFormat } from "../domain/sinks/sink-draft.ts";
import type { Lag } from "../storage/sink-events.ts";
import type { HeldSink } from "../storage/sinks.ts";

export interface SinkFigures {
  readonly lag: Lag;
  readonly dead: number;
  readonly now: Date;
}

const dateOf = (ms: number | undefined): Date | undefined => (ms === undefined ? undefined : new Date(ms));

/** What people decide about a sink, without its secrets. */
export const openSink = (
  sink: Pick<HeldSink, "id" | "name" | "enabled" | "filter" | "format" | "batching" | "destination">,
): Sink => ({
  ...Sink.fromJSON({ [sink.destination.kind]: sink.destination.open }),
  id: sink.id,
  name: sink.name,
  enabled: sink.enabled,
  filter: shownFilter(sink.filter),
  format: shownFormat(sink.format),
  batching: { ...sink.batching },
});

/** A sink as callers see it: without its secrets. */
export function sinkMessage(sink: HeldSink, { lag, dead, now }: SinkFigures): Sink {
  const { breaker } = sink;
  return {
    ...openSink(sink),
    createdAt: sink.createdAt,
    revision: sink.revision,
    health: {
      state: stateOf(sink),
      position: positionText(sink.position),
      lagEvents: lag.events,
      lagSeconds: lag.oldest === undefined ? 0 : Math.max(0, (now.getTime() - lag.oldest.getTime()) / 1_000),
      lastSuccessAt: dateOf(breaker.lastSuccessAt),
      lastFailureAt: dateOf(breaker.lastFailureAt),
      lastError: breaker.lastError,
      breaker: positionOf(breaker, now.getTime()),
      consecutiveFailures: breaker.failures,
      retryAt: breaker.failures > 0 && breaker.pauseUntil > now.getTime() ? new Date(breaker.pauseUntil) : undefined,
      deliveredCount: sink.delivered,
      deadCount: dead,
    },
  };
}

function stateOf({ enabled, failing }: HeldSink): SinkState {
  if (!enabled) return "SINK_STATE_PAUSED";
  return failing ? "SINK_STATE_FAILING" : "SINK_STATE_RUNNING";
}
