import type { Lifecycle } from "@muster/host/lifecycle";
import { wokenWithin } from "@muster/host/woken-within";
import { type Destination, DestinationError } from "../destinations/destination.ts";
import { claimSinks, heldLeases, releaseLease, renewLeases } from "../storage/sink-leases.ts";
import type { HeldSink } from "../storage/sinks.ts";
import { SinkRun, type SinkRunDeps } from "./sink-run.ts";

const LOOK_EVERY_MS = 1_000;
const RENEW_EVERY_MS = 10_000;
/** So few at a look that replicas which start together share the sinks. */
const CLAIM = 4;

export interface SinkWorkersDeps extends SinkRunDeps {
  readonly open: (sink: HeldSink) => Destination;
}

/** Works on as many sinks as it gets, each by itself: one that is slow or dead holds up no other. */
export class SinkWorkers {
  readonly #deps: SinkWorkersDeps;
  readonly #runs = new Map<SinkRun, Promise<void>>();
  #woken = Promise.withResolvers<void>();
  #stopped = false;
  #renewedAt = 0;
  #running: Promise<void> | undefined;

  constructor(deps: SinkWorkersDeps) {
    this.#deps = deps;
  }

  start(lifecycle: Lifecycle): void {
    this.#deps.metrics.watch(() => this.#runs.keys());
    this.#running = this.#run();
    lifecycle.add("sinks", () => this.stop());
  }

  /** Says that a sink was created or changed. */
  wake(): void {
    this.#woken.resolve();
  }

  /** Ends all sinks in order and leaves them to others at once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.wake();
    await this.#running;
    for (const run of this.#runs.keys()) run.end();
    await Promise.all(this.#runs.values());
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#woken = Promise.withResolvers<void>();
      try {
        await this.#keepLeases();
        for (const sink of await this.#claim()) this.#begin(sink);
      } catch (error) {
        this.#deps.log.warn({ err: error }, "sinks could not be looked after and will be looked for again");
      }
      await wokenWithin(this.#woken.promise, LOOK_EVERY_MS);
    }
  }

  async #keepLeases(): Promise<void> {
    const runs = [...this.#runs.keys()];
    if (runs.length === 0) return;
    const leases = runs.map(({ sink }) => sink);
    const held = await this.#deps.database.system(({ sql }) => heldLeases(sql, leases));
    for (const run of runs) if (!held.has(run.id)) run.lose();
    if (Date.now() - this.#renewedAt < RENEW_EVERY_MS) return;
    await this.#deps.database.system(({ sql }) => renewLeases(sql, leases));
    this.#renewedAt = Date.now();
  }

  #claim(): Promise<HeldSink[]> {
    return this.#deps.database.system(({ sql }) => claimSinks(sql, CLAIM));
  }

  #begin(sink: HeldSink): void {
    const run = new SinkRun(this.#deps, sink, this.#open(sink));
    const running = run
      .run()
      .then(() => this.#deps.database.system(({ sql }) => releaseLease(sql, sink)))
      .catch((error: unknown) => {
        // The lease ends by itself, and the sink is then taken up where it was written last.
        this.#deps.log.error({ err: error, sink: sink.id }, "the work on a sink ended and will be taken up again");
      })
      .finally(() => {
        this.#runs.delete(run);
        this.wake();
      });
    this.#runs.set(run, running);
  }

  /** A destination that cannot even be opened is one that fails: people see why, and it is tried again. */
  #open(sink: HeldSink): Destination {
    try {
      return this.#deps.open(sink);
    } catch (cause) {
      const message = `it cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`;
      return {
        send: () => Promise.reject(new DestinationError(message, { retryable: true, cause })),
        close: () => Promise.resolve(),
      };
    }
  }
}
