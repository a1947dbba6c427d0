import { render } from "@muster/event-formats/render";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Caller } from "@muster/rpc/caller";
import type { Destination } from "../destinations/destination.ts";
import { findSink, type HeldSink } from "../storage/sinks.ts";
import type { NotificationTables } from "../storage/tables.ts";

const PATIENCE_MS = 20_000;

/** No event of the platform has this type: whoever finds it on the other side knows what it is. */
const TYPE = "muster.notification.v1.SinkTest";

export interface TestSinkDeps {
  readonly database: ServiceDatabase<NotificationTables>;
  readonly open: (sink: HeldSink) => Destination;
  readonly now: () => Date;
  readonly newId: () => string;
}

export interface TestResult {
  readonly taken: boolean;
  /** What the other side said; empty when it said nothing but yes. */
  readonly answer: string;
  readonly eventId: string;
  readonly tookMs: number;
}

/** Sends one marked event over a connection of its own, paused or not, and tells what came of it. */
export async function testSink(deps: TestSinkDeps, { tenant, actor }: Caller, id: string): Promise<TestResult> {
  const sink = await deps.database.tenant(tenant, ({ sql }) => findSink(sql, tenant, id));
  const eventId = deps.newId();
  const started = performance.now();
  const answer = await answerOf(deps, sink, actor, eventId);
  return { taken: answer === "", answer, eventId, tookMs: Math.round(performance.now() - started) };
}

/** What the other side has against the event; empty when it took it. */
async function answerOf({ open, now }: TestSinkDeps, sink: HeldSink, actor: string, id: string): Promise<string> {
  const { tenant, format } = sink;
  const about = { id, type: TYPE, tenant, source: "/muster/notification", time: now(), deviceId: "", actor };
  const data = { sinkId: sink.id, name: sink.name, message: `${actor} tests whether this sink works` };
  const text = render(format, { ...about, traceparent: "", data });
  let destination: Destination | undefined;
  try {
    destination = open(sink);
    const [outcome] = await destination.send(
      [{ ...about, traceId: "", position: "", text }],
      AbortSignal.timeout(PATIENCE_MS),
    );
    if (outcome === undefined) return "the other side did not say what became of the event";
    return outcome.kind === "taken" ? "" : outcome.reason;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await destination?.close();
  }
}
