import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { ArrivedEvent } from "@muster/eventbus/event-message";
import { CONSUMERS, type ConsumerName } from "@muster/eventbus/streams";
import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import type { NatsConnection } from "@nats-io/transport-node";
import type { ServiceDatabase } from "../service-database.ts";
import { Comparison } from "./comparison.ts";
import { ComparisonStore } from "./comparison-store.ts";
import { Publisher } from "./publisher.ts";
import { RepairMetrics } from "./repair-metrics.ts";

const EVERY_MS = 5_000;
/** A replica that does not compare for so long hands the office to another. */
const OFFICE_SECONDS = 60;

export interface RepairOptions<DB> {
  readonly bus: NatsConnection;
  readonly database: ServiceDatabase<DB>;
  readonly consumer: ConsumerName;
  readonly hear: (events: readonly ArrivedEvent[]) => Promise<void>;
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
}

/** Compares what a consumer heard with what its publisher told, for ever, and repairs what is lost. One replica does it. */
export function startRepair<DB>({ bus, database, consumer, hear, log, lifecycle }: RepairOptions<DB>): void {
  const declared = CONSUMERS[consumer];
  const store = new ComparisonStore(database, consumer, declared.stream);
  const publisher = new Publisher(bus, declared.stream, declared.types);
  const replica = randomUUID();
  const metrics = new RepairMetrics(consumer);
  const stopping = new AbortController();
  const hold = () => store.hold(replica, OFFICE_SECONDS);
  const hearInOffice = async (events: readonly ArrivedEvent[]) => {
    if (stopping.signal.aborted || !(await hold())) throw new Error("the comparison ends here");
    await hear(events);
  };
  let comparison: Comparison<DB> | undefined;

  const step = async (): Promise<void> => {
    if (!(await hold())) {
      comparison = undefined;
      return metrics.clear();
    }
    comparison ??= new Comparison({ store, publisher, hear: hearInOffice, log, consumer });
    try {
      const finding = await comparison.compare(Date.now());
      await store.save(finding);
      metrics.show(finding);
    } catch (error) {
      if (stopping.signal.aborted) return;
      await store.fail(error instanceof Error ? error.message : String(error));
      throw error;
    }
  };
  const run = async (): Promise<void> => {
    // Told when it begins and when it ends: a publisher that is away for an hour is one fault, not seven hundred.
    let isFailing = false;
    while (!stopping.signal.aborted) {
      await delay(EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      try {
        await step();
        if (isFailing) log.info({ consumer }, "comparison with the publisher works again");
        isFailing = false;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (!isFailing) log.warn({ consumer, reason }, "comparison with the publisher fails");
        isFailing = true;
      }
    }
  };
  const running = run();
  lifecycle.add(`repair of ${consumer}`, async () => {
    stopping.abort();
    await running;
  });
}
