import { setTimeout as delay } from "node:timers/promises";
import { arrivedEvent } from "@muster/eventbus/event-message";
import type { ConsumerName } from "@muster/eventbus/streams";
import { subscribe } from "@muster/eventbus/subscription";
import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import { metrics } from "@muster/host/telemetry";
import type { NatsConnection } from "@nats-io/transport-node";
import { type HearOptions, hear } from "./hearing/hear.ts";
import type { HeardEvent } from "./hearing/heard-event.ts";
import { retryOne } from "./hearing/retry.ts";
import { sqlHearingStore } from "./hearing/sql-hearing-store.ts";
import { retryKnown } from "./parked/retry-known.ts";
import { startRepair } from "./repair/repair.ts";
import type { ServiceDatabase, Work } from "./service-database.ts";
import { isAway } from "./sqlstate.ts";

export type { HeardEvent } from "./hearing/heard-event.ts";

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
   * tenants. What it throws undoes the whole transaction; the events that are not to blame are then applied without the
   * one that is.
   */
  readonly apply: (work: Work<DB>, events: readonly HeardEvent[]) => Promise<void>;
  /** Told after the commit, for effects outside the database that may be lost. */
  readonly applied?: (events: readonly HeardEvent[]) => void;
}

/** How many events of one device wait at most. */
const ROOM = 1_000;
/** So often events are handed out before a database that seems away is held to be an event's fault. */
const PATIENCE = 20;
const RETRY_POLL_MS = 2_000;
const RETRY_KNOWN_MS = 60_000;

/** Listens to the bus: each event takes effect once, and one that cannot be used parks its device, not its neighbours. */
export function listen<DB>(options: ListenOptions<DB>): void {
  const { bus, database, consumer, log, lifecycle, batchSize = 500, apply, applied = () => undefined } = options;
  const hearing: HearOptions = {
    store: sqlHearingStore({ database, consumer, apply, applied }),
    room: ROOM,
    chance: Math.random,
    isAway,
    setAside: ({ id, type }, error) =>
      log.error({ err: error, consumer, event: id, type }, "event could not be used and is set aside"),
  };
  const taken = metrics.getMeter("muster").createCounter("muster.hearing.taken", { unit: "{event}" });
  const subscription = subscribe(bus, consumer, batchSize, log, async (messages) => {
    const isPatient = () => messages.every(({ info }) => info.deliveryCount < PATIENCE);
    await hear({ ...hearing, isAway: (error) => isAway(error) && isPatient() }, messages.map(arrivedEvent));
    for (const message of messages) message.ack();
    taken.add(messages.length, { consumer });
  });
  const retrying = retry(hearing, { database, consumer, log });
  lifecycle.add(`consumer ${consumer}`, () => Promise.all([subscription.stop(), retrying.stop()]));
  startRepair({ bus, database, consumer, hear: (events) => hear(hearing, events), log, lifecycle });
}

/** Tries what is parked, whenever its pause is over, and now and then what only an earlier release could not read. */
function retry<DB>(
  hearing: HearOptions,
  { consumer, database, log }: Pick<ListenOptions<DB>, "database" | "consumer" | "log">,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let knownAt = 0;
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        if (performance.now() >= knownAt) {
          knownAt = performance.now() + RETRY_KNOWN_MS;
          const known = await database.system((work) => retryKnown(work, consumer));
          if (known > 0) log.info({ consumer, events: known }, "events of types that were unknown are tried again");
        }
        if (await retryOne(hearing)) continue;
      } catch (error) {
        log.warn({ err: error, consumer }, "parked events could not be tried");
      }
      await delay(RETRY_POLL_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
