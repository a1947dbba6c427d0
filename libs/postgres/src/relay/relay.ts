import { setTimeout as delay } from "node:timers/promises";
import type { EventService } from "@muster/contracts/event";
import { LARGEST_BATCH, RelayedStream, StreamMoved } from "@muster/eventbus/relayed-stream";
import type { StreamSize } from "@muster/eventbus/stream-size";
import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import { wokenWithin } from "@muster/host/woken-within";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Pool, PoolClient } from "pg";
import { RelayMetrics } from "./metrics.ts";
import { type OutboxEvent, OutboxRows } from "./outbox-rows.ts";
import { type Answer, type Effect, isAfter, step, takeOffice } from "./steps.ts";

/**
 * How long the relay rests at first, and at most. What was just committed may have to wait for a transaction that began before,
 * and nobody says when that one ended without telling anything.
 */
const [FIRST_REST_MS, LONGEST_REST_MS] = [25, 1_000];
const ELECTION_EVERY_MS = 1_000;
/** For so long at most a relay that ends waits for what is under way. */
const LONGEST_END_MS = 5_000;
const LONGEST_RETRY_MS = 5_000;

export interface RelayOptions {
  readonly service: EventService;
  readonly pool: Pool;
  readonly bus: NatsConnection;
  /** Of the stream, if it has to be made anew. */
  readonly streamSize: StreamSize;
  readonly log: Logger;
}

/**
 * Tells the bus what was committed, in the outbox's order. One relay a service works at a time: it holds an advisory
 * lock on a connection of its own. What it does is decided in steps.ts; here it is done.
 */
export class Relay {
  readonly #pool: Pool;
  readonly #stream: RelayedStream;
  readonly #log: Logger;
  readonly #metrics = new RelayMetrics();
  readonly #stopping = new AbortController();
  /** Since the bus last took something. */
  #failures = 0;
  #restMs = FIRST_REST_MS;
  #woken = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;

  constructor({ service, pool, bus, streamSize, log }: RelayOptions) {
    this.#pool = pool;
    this.#stream = new RelayedStream(bus, service, streamSize);
    this.#log = log;
  }

  /** Says that the outbox may have something new. */
  wake(): void {
    this.#woken.resolve();
  }

  start(lifecycle: Lifecycle): void {
    this.#running = this.#run();
    lifecycle.add("relay", () => this.stop());
  }

  /** Publishes what is committed, then ends. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#running;
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#standForOffice();
      } catch (error) {
        if (this.#stopped) return;
        this.#log.warn({ err: error }, "relay interrupted");
        await delay(Math.random() * Math.min(LONGEST_RETRY_MS, 500 * 2 ** this.#failures++));
      }
    }
  }

  async #standForOffice(): Promise<void> {
    const client = await this.#pool.connect();
    // A broken connection fails the query that is under way, or the next; here it must only not end the process.
    const onError = (): void => undefined;
    client.on("error", onError);
    try {
      if (await new OutboxRows(client).elect()) await this.#serve(client);
      // Whatever is to be told, it is another relay that tells it: only the end cuts this short.
      else await delay(ELECTION_EVERY_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    } finally {
      this.#metrics.inOffice = false;
      client.off("error", onError);
      // The lock belongs to the connection: closing it hands the office on.
      client.release(true);
    }
  }

  /** One term: until it is stopped and everything is told, another relay took over, or something broke. */
  async #serve(client: PoolClient): Promise<void> {
    const outbox = new OutboxRows(client);
    const { epoch, cursor } = await outbox.takeOffice();
    this.#metrics.inOffice = true;
    let { state, effects } = step(takeOffice<OutboxEvent>(cursor), []);
    let isLastLook = false;
    for (;;) {
      if (effects.some((effect) => effect.do === "leave")) return this.#log.info({ epoch }, "another relay took over");
      if (this.#stopped && effects.every((effect) => effect.do === "rest")) {
        if (isLastLook) return;
        await this.#resign(outbox, epoch);
        isLastLook = true;
      }
      const before = state.told;
      const answers = await Promise.all(effects.map((effect) => this.#perform(effect, outbox, epoch)));
      ({ state, effects } = step(state, answers));
      this.#metrics.oldestUntold = state.pages[0]?.[0]?.time;
      if (isAfter(before, state.told)) {
        this.#metrics.rewound.add(1);
        this.#log.error(
          { from: before, to: state.told },
          "the bus lost events it had acknowledged; they are told again",
        );
      }
    }
  }

  /** Says that it ends, and waits for those who may not have heard it. */
  async #resign(outbox: OutboxRows, epoch: string): Promise<void> {
    const xid = await outbox.resign(epoch);
    if (xid === undefined) return;
    const until = performance.now() + LONGEST_END_MS;
    while (!(await outbox.isPast(xid)) && performance.now() < until) await delay(FIRST_REST_MS);
  }

  async #perform(effect: Effect<OutboxEvent>, outbox: OutboxRows, epoch: string): Promise<Answer<OutboxEvent>> {
    switch (effect.do) {
      case "find end": {
        const end = await this.#stream.end();
        if (end === undefined) return { got: "no stream" };
        return { got: "end", sequence: end.sequence, ...(await outbox.find(end.eventId, epoch)) };
      }
      case "restore stream":
        await this.#stream.restore();
        this.#metrics.restored.add(1);
        this.#log.error("the stream was missing and was put back; what its listeners had not heard is not in it");
        return { got: "stream restored" };
      case "read":
        this.#woken = Promise.withResolvers<void>();
        return { got: "page", rows: await outbox.after(effect.after, LARGEST_BATCH) };
      case "publish":
        return this.#publish(effect.page, effect.after, effect.singly);
      case "keep":
        return (await outbox.keep(effect.position, epoch))
          ? { got: "kept", position: effect.position }
          : { got: "deposed" };
      case "rest":
        if (!this.#stopped) {
          const isWoken = await wokenWithin(this.#woken.promise, this.#restMs);
          this.#restMs = isWoken ? FIRST_REST_MS : Math.min(this.#restMs * 2, LONGEST_REST_MS);
        }
        return { got: "rested" };
      case "leave":
        return { got: "deposed" };
    }
  }

  async #publish(page: readonly OutboxEvent[], after: number, singly: boolean): Promise<Answer<OutboxEvent>> {
    try {
      const sequence = await this.#stream.publish(page, after, singly);
      this.#failures = 0;
      this.#metrics.published.add(page.length);
      this.#metrics.batch.record(page.length);
      return { got: "acknowledged", sequence };
    } catch (error) {
      const moved = error instanceof StreamMoved;
      this.#metrics.refused.add(1, { reason: moved ? "moved" : "failed" });
      // Nothing is left to be tried another way: wait, and begin anew.
      if (singly && !moved) throw error;
      this.#log.warn({ err: error, events: page.length }, "events were not taken as they were sent");
      return { got: "refused", moved };
    }
  }
}
