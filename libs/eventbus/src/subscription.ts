import { randomInt } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "@muster/host/logging";
import { metrics } from "@muster/host/telemetry";
import { type Consumer, type ConsumerMessages, type JsMsg, jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { isMissing, restoreConsumer } from "./bootstrap.ts";
import { type ConsumerName, streamOf } from "./streams.ts";

/** How many messages wait in this process at most. */
const BUFFER = 1_000;

/**
 * The shortest time from the beginning of one batch to that of the next, in milliseconds, unless there is a whole one: where
 * events trickle in, each would else cost a transaction of its own. The first after a silence waits for nothing. Where they
 * come fast, what a batch costs by itself is most of what it costs, so the pace grows with the batch: to its longest at some
 * 400 events a second, where a batch's events are heard 50 ms later on the average than they could be.
 */
const PACE_MS = 20;
const PACE_MS_EACH = 2;
const LONGEST_PACE_MS = 100;

export interface Subscription {
  /** Ends the intake, waits for the batch in work, and resolves. What is left is delivered to another replica. */
  stop(): Promise<void>;
}

/**
 * Hands a durable consumer's messages to `handle` in batches: whatever has arrived while the batch before was in work.
 * `handle` settles each message itself. A consumer that vanished from the server is put back; a stalled one is opened anew.
 */
export function subscribe(
  bus: NatsConnection,
  name: ConsumerName,
  batchSize: number,
  log: Logger,
  handle: (messages: readonly JsMsg[]) => Promise<void>,
): Subscription {
  const waiting: JsMsg[] = [];
  let messages: ConsumerMessages | undefined;
  const stopping = new AbortController();
  let arrived = Promise.withResolvers<void>();

  const pull = async (): Promise<void> => {
    for (let failures = 0; !stopping.signal.aborted; failures++) {
      try {
        messages = await (await open(bus, name, log)).consume({
          max_messages: BUFFER,
          abort_on_missing_resource: true,
          callback: (message) => {
            failures = 0;
            waiting.push(message);
            arrived.resolve();
          },
        });
        const ended = await messages.closed();
        if (ended instanceof Error) throw ended;
      } catch (error) {
        if (stopping.signal.aborted) return;
        log.warn({ err: error, consumer: name }, "consumer interrupted");
        await delay(randomInt(100, 500 * 2 ** Math.min(failures, 6)));
      }
    }
  };

  const work = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      if (waiting.length === 0) {
        arrived = Promise.withResolvers<void>();
        await arrived.promise;
        continue;
      }
      const batch = waiting.splice(0, batchSize);
      const nextAt = performance.now() + paceMs(batch.length);
      try {
        await handle(batch);
      } catch (error) {
        log.error({ err: error, consumer: name }, "events could not be handled and will be handed out again");
        for (const message of batch) message.nak(randomInt(1_000, 5_000));
      }
      if (waiting.length < batchSize) await pause(nextAt - performance.now());
    }
  };

  /** Ends early when the subscription does. */
  const pause = (ms: number): Promise<void> =>
    delay(Math.max(0, ms), undefined, { signal: stopping.signal }).catch(() => undefined);

  const pulling = pull();
  const working = work();
  return {
    stop: async () => {
      stopping.abort();
      messages?.stop();
      arrived.resolve();
      await Promise.all([pulling, working]);
    },
  };
}

const paceMs = (events: number): number => Math.min(PACE_MS + PACE_MS_EACH * events, LONGEST_PACE_MS);

async function open(bus: NatsConnection, name: ConsumerName, log: Logger): Promise<Consumer> {
  const stream = streamOf(name).name;
  try {
    return await jetstream(bus).consumers.get(stream, name);
  } catch (error) {
    if (!isMissing(error)) throw error;
    await restoreConsumer(await jetstreamManager(bus), name);
    // Made here and not above: a counter made before telemetry has started counts nothing.
    const restored = metrics.getMeter("muster").createCounter("muster.consumers.restored", { unit: "{consumer}" });
    restored.add(1, { consumer: name });
    log.error(
      { consumer: name },
      "the consumer was missing and was put back; it hears again what its stream still holds",
    );
    return jetstream(bus).consumers.get(stream, name);
  }
}
