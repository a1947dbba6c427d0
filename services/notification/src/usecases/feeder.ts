import type { Lifecycle } from "@muster/host/lifecycle";
import { metrics } from "@muster/host/telemetry";
import { wokenWithin } from "@muster/host/woken-within";
import { DestinationError } from "../destinations/destination.ts";
import { pauseAfter, type Subscriber } from "../domain/subscriber.ts";
import { claimSubscribers, releaseSubscriber, writeFailure } from "../storage/subscriber-feeds.ts";
import { type FeedDeps, feedSubscriber } from "./feed-subscriber.ts";

export interface FeederDeps extends Omit<FeedDeps, "fed"> {
  readonly chance: () => number;
}

/** How many subscribers one replica feeds. */
const MOST_FEEDS = 500;
const POLL_MS = 1_000;

/** Feeds the subscribers that nobody else feeds. Any number of replicas share the work. */
export class Feeder {
  readonly #deps: FeederDeps;
  readonly #feeds = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #fed = metrics.getMeter("muster").createCounter("muster.subscriber.fed", { unit: "{event}" });
  readonly #failed = metrics.getMeter("muster").createCounter("muster.subscriber.failures", { unit: "{failure}" });
  #woken = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;

  constructor(deps: FeederDeps) {
    this.#deps = deps;
  }

  start(lifecycle: Lifecycle): void {
    metrics
      .getMeter("muster")
      .createObservableGauge("muster.subscriber.feeds", { unit: "{feed}", description: "Subscribers fed here" })
      .addCallback((gauge) => gauge.observe(this.#feeds.size));
    this.#running = this.#run();
    lifecycle.add("subscribers' feeds", () => this.stop());
  }

  /** Looks at once whether there is a subscriber to feed. */
  wake(): void {
    this.#woken.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#running;
    await Promise.all(this.#feeds);
  }

  async #run(): Promise<void> {
    const { database, log } = this.#deps;
    while (!this.#stopping.signal.aborted) {
      this.#woken = Promise.withResolvers<void>();
      try {
        const free = MOST_FEEDS - this.#feeds.size;
        const claimed = free > 0 ? await database.system(({ sql }) => claimSubscribers(sql, free)) : [];
        for (const subscriber of claimed) this.#begin(subscriber);
      } catch (error) {
        log.warn({ err: error }, "subscribers could not be looked for and will be again");
      }
      await wokenWithin(this.#woken.promise, POLL_MS);
    }
  }

  #begin(subscriber: Subscriber): void {
    const feed = this.#feed(subscriber).finally(() => this.#feeds.delete(feed));
    this.#feeds.add(feed);
  }

  async #feed(subscriber: Subscriber): Promise<void> {
    const { database, log } = this.#deps;
    const deps = { ...this.#deps, fed: (events: number) => this.#fed.add(events) };
    try {
      await feedSubscriber(deps, subscriber, this.#stopping.signal);
      await database.tenant(subscriber.tenant, ({ sql }) => releaseSubscriber(sql, subscriber));
    } catch (error) {
      this.#failed.add(1);
      log.warn(
        { err: error, subscriber: subscriber.id },
        "a subscriber's feed was interrupted and will be taken up again",
      );
      await this.#giveUp(subscriber, error).catch(() => undefined);
    }
    // Whatever ended it, such as a change, there may be something to take up now.
    this.wake();
  }

  async #giveUp(subscriber: Subscriber, error: unknown): Promise<void> {
    const { database, now, chance } = this.#deps;
    const lastError = error instanceof DestinationError ? error.message : "the bus could not be reached";
    const retryAt = (failures: number) => new Date(now().getTime() + pauseAfter(failures, chance()));
    await database.tenant(subscriber.tenant, ({ sql }) => writeFailure(sql, subscriber, lastError, retryAt));
  }
}
