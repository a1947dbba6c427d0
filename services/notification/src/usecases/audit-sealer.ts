import { setTimeout as delay } from "node:timers/promises";
import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import { metrics } from "@muster/host/telemetry";
import { wokenWithin } from "@muster/host/woken-within";
import { readLag } from "../storage/audit-chain.ts";
import { type SealDeps, sealAudit } from "./seal-audit.ts";

/** Whoever else holds the chains is given this long; an event that stands behind an open transaction as well. */
const POLL_MS = 1_000;
/** The shortest time from one look to the next unless there is more to seal at once: a record has its place soon enough. */
const PACE_MS = 250;

/** Keeps the audit chains close behind the events. Any number of replicas try; one at a time works. */
export class AuditSealer {
  readonly #deps: SealDeps;
  readonly #log: Logger;
  #woken = Promise.withResolvers<void>();
  #stopped = false;
  #running: Promise<void> | undefined;

  constructor(deps: SealDeps, log: Logger) {
    this.#deps = deps;
    this.#log = log;
  }

  start(lifecycle: Lifecycle): void {
    metrics
      .getMeter("muster")
      .createObservableGauge("muster.audit.lag", { unit: "s", description: "Age of the oldest event not in a chain" })
      .addCallback(async (gauge) => gauge.observe(await this.#deps.database.system(({ sql }) => readLag(sql))));
    this.#running = this.#run();
    lifecycle.add("audit sealer", () => {
      this.#stopped = true;
      this.wake();
      return this.#running;
    });
  }

  /** Says that there may be new events. */
  wake(): void {
    this.#woken.resolve();
  }

  async #run(): Promise<void> {
    const meter = metrics.getMeter("muster");
    const sealed = meter.createCounter("muster.audit.records", { unit: "{record}" });
    const signed = meter.createCounter("muster.audit.checkpoints", { unit: "{checkpoint}" });
    while (!this.#stopped) {
      this.#woken = Promise.withResolvers<void>();
      const nextAt = performance.now() + PACE_MS;
      try {
        const { records, checkpoints, isFull } = await sealAudit(this.#deps);
        sealed.add(records);
        signed.add(checkpoints);
        if (isFull) continue;
      } catch (error) {
        this.#log.error({ err: error }, "events could not be added to the audit chain and will be tried again");
        await delay(POLL_MS * Math.random());
      }
      await wokenWithin(this.#woken.promise, POLL_MS);
      if (!this.#stopped) await delay(Math.max(0, nextAt - performance.now()));
    }
  }
}
