import type { Logger } from "@muster/host/logging";
import { wokenWithin } from "@muster/host/woken-within";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import { type Destination, DestinationError } from "../destinations/destination.ts";
import type { ItemOutcome, OutgoingEvent } from "../domain/outgoing-event.ts";
import { parsePosition, positionText, START } from "../domain/position.ts";
import type { Action, Batch, Commit } from "../domain/sinks/action.ts";
import { SinkFlow } from "../domain/sinks/flow.ts";
import type { StreamRow } from "../storage/activity-lists.ts";
import { readForSink, readReplays } from "../storage/sink-events.ts";
import type { HeldSink } from "../storage/sinks.ts";
import type { NotificationTables } from "../storage/tables.ts";
import { commitSink } from "./commit-sink.ts";
import type { ActivityWakes } from "./ports.ts";
import { renderOutgoing } from "./render-outgoing.ts";
import type { MeasuredSink, SinkMetrics } from "./sink-metrics.ts";

/** Sinks learn no trace, for it would tie ours to what strangers send on. */
const NO_TRACE = "";
/** A destination that has said nothing for so long has failed. */
const SEND_TIMEOUT_MS = 120_000;
/** At the end, what is on its way is waited for so long. */
const FINISH_MS = 10_000;

export interface SinkRunDeps {
  readonly database: ServiceDatabase<NotificationTables>;
  readonly waker: ActivityWakes;
  readonly metrics: SinkMetrics;
  readonly log: Logger;
  readonly now: () => Date;
  /** 0 to 1. */
  readonly chance: () => number;
}

/** The hands of one sink's flow while this process has its lease: reads, sends and writes what the flow says. */
export class SinkRun implements MeasuredSink {
  readonly sink: HeldSink;
  readonly #deps: SinkRunDeps;
  readonly #destination: Destination;
  readonly #flow: SinkFlow;
  readonly #ending = new AbortController();
  readonly #cutting = new AbortController();
  readonly #inWork = new Set<Promise<void>>();
  #news: (() => void)[] = [];
  #bell = Promise.withResolvers<void>();

  constructor(deps: SinkRunDeps, sink: HeldSink, destination: Destination) {
    this.#deps = deps;
    this.sink = sink;
    this.#destination = destination;
    this.#flow = new SinkFlow({
      position: positionText(sink.position),
      breaker: sink.breaker,
      batching: sink.batching,
    });
  }

  get id(): string {
    return this.sink.id;
  }

  get kind(): MeasuredSink["kind"] {
    return this.sink.destination.kind;
  }

  get lagSeconds(): number {
    const { oldest } = this.#flow;
    return oldest === undefined ? 0 : Math.max(0, (this.#now() - oldest.getTime()) / 1_000);
  }

  get held(): number {
    return this.#flow.pending;
  }

  get breaker(): MeasuredSink["breaker"] {
    return this.#flow.breaker;
  }

  /** Works until it is ended or loses the sink; what was taken by then is written. */
  async run(): Promise<void> {
    void this.#hearOfEvents();
    while (!this.#cutting.signal.aborted && !this.#flow.isDone) {
      for (const action of this.#flow.next(this.#now())) this.#begin(action);
      await this.#nextNews();
      for (const news of this.#news.splice(0)) news();
    }
    this.#ending.abort();
    this.#cutting.abort();
    await Promise.all(this.#inWork);
    await this.#destination.close();
  }

  /** Begins nothing more, and ends when what is on its way is known and written. */
  end(): void {
    this.#ending.abort();
    this.#tell(() => this.#flow.stop());
    setTimeout(() => this.#cut(), FINISH_MS).unref();
  }

  /** The sink is another's: nothing more is sent, and nothing could be written. */
  lose(): void {
    this.#cut();
  }

  #cut(): void {
    this.#cutting.abort();
    this.#tell(() => undefined);
  }

  #now(): number {
    return this.#deps.now().getTime();
  }

  #tell(news: () => void): void {
    this.#news.push(news);
    this.#bell.resolve();
  }

  async #nextNews(): Promise<void> {
    const { wakeAt } = this.#flow;
    await (wakeAt === undefined
      ? this.#bell.promise
      : wokenWithin(this.#bell.promise, Math.max(1, wakeAt - this.#now())));
    if (this.#news.length > 0) this.#bell = Promise.withResolvers<void>();
  }

  async #hearOfEvents(): Promise<void> {
    const { signal } = this.#ending;
    const watch = this.#deps.waker.watch(this.sink.tenant, signal);
    while (!signal.aborted) {
      await watch.next();
      this.#tell(() => this.#flow.woken(this.#now()));
    }
  }

  #begin(action: Action): void {
    const work = this.#do(action).finally(() => this.#inWork.delete(work));
    this.#inWork.add(work);
  }

  #do(action: Action): Promise<void> {
    switch (action.kind) {
      case "send":
        return this.#send(action.batch);
      case "commit":
        return this.#commit(action.commit);
      case "read":
        return this.#read(action.after, action.limit);
      case "readReplays":
        return this.#readReplays(action.limit);
    }
  }

  async #read(after: string, limit: number): Promise<void> {
    const { database } = this.#deps;
    const { sink } = this;
    try {
      const at = parsePosition(after) ?? START;
      const page = await database.tenant(sink.tenant, ({ sql }) => readForSink(sql, sink, at, limit));
      const events = this.#rendered(page.rows);
      this.#tell(() => this.#flow.pageRead(events, positionText(page.next), page.isFull, this.#now()));
    } catch (error) {
      this.#readFailed(error);
    }
  }

  async #readReplays(limit: number): Promise<void> {
    const { sink } = this;
    try {
      const rows = await this.#deps.database.tenant(sink.tenant, ({ sql }) => readReplays(sql, sink, limit));
      const events = this.#rendered(rows);
      this.#tell(() => this.#flow.replaysRead(events, this.#now()));
    } catch (error) {
      this.#readFailed(error);
    }
  }

  #rendered(rows: readonly StreamRow[]): OutgoingEvent[] {
    const events = rows.map((row) => renderOutgoing(this.sink, row, NO_TRACE));
    for (const { flaw, id, type } of events) {
      if (flaw === undefined) continue;
      this.#deps.log.error(
        { sink: this.id, event: id, type, flaw },
        "an event became a dead letter, for it has no text",
      );
    }
    return events;
  }

  #readFailed(error: unknown): void {
    this.#deps.log.warn({ err: error, sink: this.id }, "a sink's events could not be read and will be tried again");
    this.#tell(() => this.#flow.readFailed(this.#now()));
  }

  async #send(batch: Batch): Promise<void> {
    const started = performance.now();
    try {
      const outcomes = await this.#answer(batch);
      this.#deps.metrics.answered(this.kind, outcomes, performance.now() - started);
      this.#tell(() => this.#flow.answered(batch, outcomes, this.#now(), this.#deps.chance()));
    } catch (error) {
      this.#deps.metrics.failed(this.kind, batch.events.length, performance.now() - started);
      if (!(error instanceof DestinationError)) {
        this.#deps.log.error({ err: error, sink: this.id }, "a sink's batch failed in a way that was not foreseen");
      }
      const failure = {
        message: error instanceof Error ? error.message : String(error),
        afterMs: error instanceof DestinationError ? error.afterMs : 0,
        isRefusal: error instanceof DestinationError && !error.retryable,
      };
      this.#tell(() => this.#flow.failed(batch, failure, this.#now(), this.#deps.chance()));
    }
  }

  async #answer({ events }: Batch): Promise<readonly ItemOutcome[]> {
    const timeout = AbortSignal.timeout(SEND_TIMEOUT_MS);
    const signal = AbortSignal.any([timeout, this.#cutting.signal]);
    const cut = new Promise<never>((_resolve, reject) => {
      const say = () =>
        reject(
          new DestinationError(timeout.aborted ? `no answer within ${SEND_TIMEOUT_MS / 1_000} s` : "cut off", {
            retryable: true,
          }),
        );
      if (signal.aborted) say();
      else signal.addEventListener("abort", say, { once: true });
    });
    return Promise.race([this.#destination.send(events, signal), cut]);
  }

  async #commit(commit: Commit): Promise<void> {
    try {
      const isOurs = await commitSink(this.#deps, this.sink, commit);
      if (isOurs) this.#tell(() => this.#flow.committed(commit));
      else this.#cut();
    } catch (error) {
      this.#deps.log.warn(
        { err: error, sink: this.id },
        "a sink's position could not be written and will be tried again",
      );
      this.#tell(() => this.#flow.commitFailed(this.#now()));
      // At the end there is no time to try again; what was taken since is sent once more by whoever comes next.
      if (this.#ending.signal.aborted) this.#cut();
    }
  }
}
