import { randomInt } from "node:crypto";
import type { EventData, EventType } from "@muster/contracts/event";
import { dataOf, type EventEnvelope, envelopeOf } from "@muster/eventbus/event-message";
import type { ConsumerName } from "@muster/eventbus/streams";
import { subscribe } from "@muster/eventbus/subscription";
import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import { currentTrace, inSpan, SpanKind, type TraceCarrier, traceOf } from "@muster/host/telemetry";
import type { JsMsg } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { hearFirst, park } from "./inbox.ts";
import type { ServiceDatabase, Work } from "./service-database.ts";
import { isTransient } from "./sqlstate.ts";

/** An event that arrived, with the trace that what follows from it belongs to. */
export type HeardEvent<T extends EventType = EventType> = T extends EventType
  ? Omit<EventEnvelope, "type"> & { readonly type: T; readonly data: EventData<T>; readonly trace: TraceCarrier }
  : never;

export interface ListenOptions<DB> {
  readonly bus: NatsConnection;
  readonly database: ServiceDatabase<DB>;
  readonly consumer: ConsumerName;
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
  /** How many events at most become one transaction. */
  readonly batchSize?: number;
  /**
   * Applies events that this consumer has not heard before, in the order of their arrival, in one transaction over all
   * tenants. What it throws undoes the whole transaction; the events are then applied one by one.
   */
  readonly apply: (work: Work<DB>, events: readonly HeardEvent[]) => Promise<void>;
  /** Told after the commit, for effects outside the database that may be lost. */
  readonly applied?: (events: readonly HeardEvent[]) => void;
}

interface Arrival {
  readonly message: JsMsg;
  readonly event: HeardEvent;
}

/** A transient fault is waited out this often before an event is held to be the cause of it. */
const TRANSIENT_DELIVERIES = 20;

/** Listens to the bus: each event takes effect once, and one that cannot be used is parked, not its neighbours. */
export function listen<DB>(options: ListenOptions<DB>): void {
  const { bus, consumer, log, lifecycle, batchSize = 200 } = options;
  const subscription = subscribe(bus, consumer, batchSize, log, (messages) => receive(options, messages));
  lifecycle.add(`consumer ${consumer}`, () => subscription.stop());
}

async function receive<DB>(options: ListenOptions<DB>, messages: readonly JsMsg[]): Promise<void> {
  const arrivals: Arrival[] = [];
  for (const message of messages) {
    const event = read(message);
    if (typeof event === "string") await parkMessage(options, message, event);
    else arrivals.push({ message, event });
  }
  if (arrivals.length > 0) await applyOrSplit(options, arrivals);
}

function read(message: JsMsg): HeardEvent | string {
  const envelope = envelopeOf(message);
  if (typeof envelope === "string") return envelope;
  try {
    return { ...envelope, data: dataOf(envelope.type, message.json()), trace: {} } as HeardEvent;
  } catch (error) {
    return `the body cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function applyOrSplit<DB>(options: ListenOptions<DB>, arrivals: readonly Arrival[]): Promise<void> {
  try {
    await applyInSpans(options, arrivals, 0, []);
    for (const { message } of arrivals) message.ack();
  } catch (error) {
    const [first] = arrivals;
    if (arrivals.length > 1) {
      for (const arrival of arrivals) await applyOrSplit(options, [arrival]);
    } else if (first !== undefined) await settleFailure(options, first, error);
  }
}

// Each event's work hangs below the event's own trace. Spans nest only in the code: each has its own parent.
async function applyInSpans<DB>(
  options: ListenOptions<DB>,
  arrivals: readonly Arrival[],
  index: number,
  traced: readonly HeardEvent[],
): Promise<void> {
  const event = arrivals[index]?.event;
  if (event === undefined) return apply(options, traced);
  if (event.traceparent === "") return applyInSpans(options, arrivals, index + 1, [...traced, event]);
  const attributes = {
    "messaging.system": "nats",
    "messaging.operation.type": "process",
    "messaging.operation.name": "process",
    "messaging.consumer.group.name": options.consumer,
    "messaging.message.id": event.id,
  };
  await inSpan(
    `process ${event.type}`,
    { kind: SpanKind.CONSUMER, parent: traceOf({ traceparent: event.traceparent }), attributes },
    () => applyInSpans(options, arrivals, index + 1, [...traced, { ...event, trace: currentTrace() }]),
  );
}

async function apply<DB>(options: ListenOptions<DB>, events: readonly HeardEvent[]): Promise<void> {
  let fresh: readonly HeardEvent[] = [];
  await options.database.system(async (work) => {
    const unheard = await hearFirst(
      work.sql,
      options.consumer,
      events.map((event) => event.id),
    );
    // The same event twice in one batch is heard once.
    fresh = events.filter((event) => unheard.delete(event.id));
    if (fresh.length > 0) await options.apply(work, fresh);
  });
  if (fresh.length > 0) options.applied?.(fresh);
}

async function settleFailure<DB>(
  options: ListenOptions<DB>,
  { message, event }: Arrival,
  error: unknown,
): Promise<void> {
  const deliveries = message.info.deliveryCount;
  if (isTransient(error) && deliveries < TRANSIENT_DELIVERIES) {
    options.log.warn({ err: error, event: event.id, deliveries }, "event will be tried again");
    message.nak(randomInt(500, 1_000 * 2 ** Math.min(deliveries, 5)));
    return;
  }
  options.log.error({ err: error, event: event.id, type: event.type }, "event could not be used and is parked");
  await parkMessage(options, message, error instanceof Error ? error.message : String(error));
}

async function parkMessage<DB>(options: ListenOptions<DB>, message: JsMsg, reason: string): Promise<void> {
  const header = (name: string) => message.headers?.get(name) ?? "";
  const headers = Object.fromEntries([...(message.headers?.keys() ?? [])].map((name) => [name, header(name)]));
  await options.database.system((work) =>
    park(work.sql, {
      consumer: options.consumer,
      event_id: header("ce-id") || `${message.info.stream}:${message.seq}`,
      type: header("ce-type"),
      tenant: message.subject.split(".")[2] ?? "",
      device_id: header("ce-subject"),
      headers: JSON.stringify(headers),
      body: message.string(),
      reason,
    }),
  );
  message.ack();
}
