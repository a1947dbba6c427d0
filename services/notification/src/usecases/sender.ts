import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import { metrics } from "@muster/host/telemetry";
import { wokenWithin } from "@muster/host/woken-within";
import { gather } from "@muster/postgres/gather";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Outcome } from "../domain/delivery.ts";
import { claimDue, countPending, type DueDelivery } from "../storage/due-deliveries.ts";
import type { NotificationTables } from "../storage/tables.ts";
import type { Attempt } from "./settle-attempts.ts";

/** How many deliveries one receiver has in work at once in one process: a slow one holds up no more than these. */
const PER_WEBHOOK = 32;
const IN_WORK = 512;
/** Longer than an attempt may take. A sender that dies leaves its deliveries to others after this time. */
const LEASE_SECONDS = 30;
const POLL_MS = 1_000;

export interface SenderDeps {
  readonly database: ServiceDatabase<NotificationTables>;
  readonly send: (delivery: DueDelivery) => Promise<Outcome>;
  readonly settle: (attempts: readonly Attempt[]) => Promise<void>;
  readonly log: Logger;
}

/** Sends what is due as soon as it is told of it. Any number of replicas share the work. */
export class Sender {
  readonly #deps: SenderDeps;
  readonly #busy = new Map<string, number>();
  readonly #inWork = new Set<Promise<void>>();
  readonly #settle: (attempt: Attempt) => Promise<void>;
  readonly #delivered = metrics.getMeter("muster").createHistogram("muster.webhook.latency", {
    unit: "s",
    description: "From an event's arrival until its receiver took it",
  });
  readonly #attempts = metrics.getMeter("muster").createCounter("muster.webhook.attempts", { unit: "{attempt}" });
  #woken = Promise.withResolvers<void>();
  #stopped = false;
  #running: Promise<void> | undefined;

  constructor(deps: SenderDeps) {
    this.#deps = deps;
    this.#settle = gather<Attempt, void>({
      flush: async (attempts) => {
        await deps.settle(attempts);
        return attempts.map(() => undefined);
      },
      maxBatch: 200,
      maxWaitMs: 1,
      inFlight: 2,
    });
  }

  start(lifecycle: Lifecycle): void {
    metrics
      .getMeter("muster")
      .createObservableGauge("muster.webhook.pending", { unit: "{delivery}", description: "Deliveries that wait" })
      .addCallback(async (gauge) => gauge.observe(await this.#deps.database.system(({ sql }) => countPending(sql))));
    this.#running = this.#run();
    lifecycle.add("sender", () => this.stop());
  }

  /** Says that something may be due. */
  wake(): void {
    this.#woken.resolve();
  }

  /** Takes nothing more and waits for what is in work. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.wake();
    await this.#running;
    await Promise.all(this.#inWork);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#woken = Promise.withResolvers<void>();
      try {
        for (const delivery of await this.#claim()) this.#take(delivery);
      } catch (error) {
        this.#deps.log.warn({ err: error }, "deliveries could not be taken and will be looked for again");
      }
      await wokenWithin(this.#woken.promise, POLL_MS);
    }
  }

  async #claim(): Promise<DueDelivery[]> {
    const limit = IN_WORK - this.#inWork.size;
    if (limit <= 0) return [];
    const options = { busy: this.#busy, perWebhook: PER_WEBHOOK, limit, leaseSeconds: LEASE_SECONDS };
    return this.#deps.database.system(({ sql }) => claimDue(sql, options));
  }

  #take(delivery: DueDelivery): void {
    const id = delivery.webhook_id;
    this.#busy.set(id, (this.#busy.get(id) ?? 0) + 1);
    const work = this.#deliver(delivery).finally(() => {
      const rest = (this.#busy.get(id) ?? 1) - 1;
      if (rest === 0) this.#busy.delete(id);
      else this.#busy.set(id, rest);
      this.#inWork.delete(work);
      this.wake();
    });
    this.#inWork.add(work);
  }

  async #deliver(delivery: DueDelivery): Promise<void> {
    try {
      const outcome = await this.#deps.send(delivery);
      this.#attempts.add(1, { outcome: outcome.kind });
      if (outcome.kind === "taken") this.#delivered.record((Date.now() - delivery.created_at.getTime()) / 1_000);
      await this.#settle({ delivery, outcome });
    } catch (error) {
      // The lease ends by itself; the delivery is then due again, under the same webhook-id.
      this.#deps.log.error({ err: error, delivery: delivery.id }, "delivery could not be settled");
    }
  }
}
