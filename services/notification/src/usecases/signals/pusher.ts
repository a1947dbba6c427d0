import { setTimeout as delay } from "node:timers/promises";
import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import { metrics } from "@muster/host/telemetry";
import { wokenWithin } from "@muster/host/woken-within";
import { claimTurns, type PushTurn } from "../../storage/signals/push-turns.ts";
import { countWaiting, sweepSignals } from "../../storage/signals/queue.ts";
import { type PushDeps, pushTurn } from "./push-turn.ts";

export interface PusherDeps extends Omit<PushDeps, "pushed"> {
  readonly log: Logger;
  /** How long refused signals are kept. */
  readonly keepDays: number;
}

/** To how many receivers one process sends at once. */
const MOST_TURNS = 100;
const POLL_MS = 1_000;
const SWEEP_MS = 60_000;

/** Pushes signals to their receivers, each receiver's in order. Any number of replicas share the work. */
export class Pusher {
  readonly #deps: PusherDeps;
  readonly #turns = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #settled = metrics.getMeter("muster").createCounter("muster.signal.settled", { unit: "{signal}" });
  readonly #latency = metrics.getMeter("muster").createHistogram("muster.signal.latency", {
    unit: "s",
    description: "From a signal's making until a pushed-to receiver took it",
  });
  #woken = Promise.withResolvers<void>();
  #running: Promise<unknown> | undefined;

  constructor(deps: PusherDeps) {
    this.#deps = deps;
  }

  start(lifecycle: Lifecycle): void {
    metrics
      .getMeter("muster")
      .createObservableGauge("muster.signal.waiting", {
        unit: "{signal}",
        description: "Signals that wait for a receiver",
      })
      .addCallback(async (gauge) => gauge.observe(await this.#deps.database.system(({ sql }) => countWaiting(sql))));
    this.#running = Promise.all([this.#run(), this.#sweep()]);
    lifecycle.add("signal pushes", () => this.stop());
  }

  /** Looks at once whether there is something to send. */
  wake(): void {
    this.#woken.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#running;
    await Promise.all(this.#turns);
  }

  async #run(): Promise<void> {
    const { database, log } = this.#deps;
    while (!this.#stopping.signal.aborted) {
      this.#woken = Promise.withResolvers<void>();
      try {
        const free = MOST_TURNS - this.#turns.size;
        const claimed = free > 0 ? await database.system(({ sql }) => claimTurns(sql, free)) : [];
        for (const turn of claimed) this.#begin(turn);
      } catch (error) {
        log.warn({ err: error }, "signals could not be looked for and will be again");
      }
      await wokenWithin(this.#woken.promise, POLL_MS);
    }
  }

  #begin(turn: PushTurn): void {
    const pushed = (outcome: string, waitedSec: number) => {
      this.#settled.add(1, { outcome, delivery: "push" });
      if (outcome === "accepted") this.#latency.record(waitedSec);
    };
    const work = pushTurn({ ...this.#deps, pushed }, turn, this.#stopping.signal)
      .catch((error: unknown) => {
        // The hold ends by itself; the signal is then sent again under the same jti.
        this.#deps.log.error(
          { err: error, stream: turn.id },
          "signals of a stream could not be sent and will be again",
        );
      })
      .finally(() => {
        this.#turns.delete(work);
        // Something may have come just before it was given back.
        this.wake();
      });
    this.#turns.add(work);
  }

  async #sweep(): Promise<void> {
    const { database, log, now, keepDays } = this.#deps;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        while (!signal.aborted && (await database.system(({ sql }) => sweepSignals(sql, daysBefore(now(), keepDays)))));
      } catch (error) {
        log.warn({ err: error }, "old signals could not be removed and will be tried again");
      }
      await delay(SWEEP_MS * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    }
  }
}

const daysBefore = (now: Date, days: number): Date => new Date(now.getTime() - days * 86_400_000);
