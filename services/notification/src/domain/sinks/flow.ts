import type { ItemOutcome, OutgoingEvent } from "../outgoing-event.ts";
import type { Action, Batch, Commit } from "./action.ts";
import type { Batching } from "./batching.ts";
import { afterFailure, afterSuccess, type Breaker, type Failure, pauseAfter } from "./breaker.ts";
import { batchDueAt, isSettled, nextBatch, type Pending, pendingOf } from "./pending.ts";

export interface FlowStart {
  readonly position: string;
  readonly breaker: Breaker;
  readonly batching: Batching;
}

/** An event that the other side wants again and again while it takes others is given up after so many attempts. */
const ITEM_ATTEMPTS = 16;
const ITEM_LONGEST_PAUSE_MS = 30_000;

const PAGE = 1_000;
/** After news the event may for a moment stand behind another transaction: look again soon, then ever less often. */
const FIRST_POLL_MS = 10;
const LONGEST_POLL_MS = 1_000;
const AFTER_FAULT_MS = 1_000;

const COMMIT_EVERY_MS = 100;
/** A position that moved over events the sink does not want is worth no transaction of its own for so long. */
const IDLE_COMMIT_EVERY_MS = 60_000;

/**
 * The flow of one sink's events from the stream to its checkpoint, as a machine without hands: it is told what
 * happened and says what to do next. It holds a bounded window of events in stream order; the checkpoint follows the
 * first that is neither taken nor a dead letter. Time (milliseconds since 1970) and chance (0 to 1) are inputs.
 */
export class SinkFlow {
  readonly #batching: Batching;
  readonly #most: { readonly events: number; readonly bytes: number };
  #pending: Pending[] = [];
  #committed: string;
  #readTo: string;
  #breaker: Breaker;
  #inFlight = 0;
  #isReading = false;
  #isCommitting = false;
  #isStopping = false;
  #mayHaveReplays = true;
  #readAt = 0;
  #pollMs = FIRST_POLL_MS;
  #committedAt = 0;
  #isBreakerNew = false;
  #lookedAt = 0;

  constructor({ position, breaker, batching }: FlowStart) {
    this.#committed = position;
    this.#readTo = position;
    this.#breaker = breaker;
    this.#batching = batching;
    const batches = batching.inFlight + 1;
    this.#most = { events: batching.maxEvents * batches, bytes: batching.maxBytes * batches };
  }

  get breaker(): Breaker {
    return this.#breaker;
  }

  /** When the oldest event happened that was read and is not taken; nothing when there is none. */
  get oldest(): Date | undefined {
    return this.#pending.find((each) => !isSettled(each))?.event.time;
  }

  get pending(): number {
    return this.#pending.length;
  }

  /** After stop: whether nothing is left to wait for. */
  get isDone(): boolean {
    return this.#isStopping && this.#inFlight === 0 && !this.#isCommitting && this.#commit() === undefined;
  }

  /** What is to be done now; each is taken as begun. */
  next(now: number): Action[] {
    this.#lookedAt = now;
    const actions: Action[] = [];
    const commit = this.#isCommitting ? undefined : this.#commit();
    if (commit !== undefined && (this.#isStopping || now >= this.#commitAt(commit))) {
      this.#isCommitting = true;
      this.#isBreakerNew = false;
      this.#committedAt = now;
      actions.push({ kind: "commit", commit });
    }
    if (this.#isStopping) return actions;
    for (let batch = this.#take(now); batch !== undefined; batch = this.#take(now)) {
      actions.push({ kind: "send", batch });
    }
    const read = this.#read(now);
    if (read !== undefined) actions.push(read);
    return actions;
  }

  /**
   * When `next` may have something to do without any news; nothing when only news can change it. What was due when
   * `next` looked and was left waits for news; what became due since then is told of, however late it is asked.
   */
  get wakeAt(): number | undefined {
    const due = batchDueAt(this.#pending, this.#batching);
    const commit = this.#isCommitting ? undefined : this.#commit();
    const times = [
      this.#isReading ? undefined : this.#readAt,
      due === undefined ? undefined : Math.max(due, this.#breaker.pauseUntil),
      commit === undefined ? undefined : this.#commitAt(commit),
    ].filter((time) => time !== undefined && time > this.#lookedAt);
    return times.length === 0 ? undefined : Math.min(...(times as number[]));
  }

  /** There may be new events. */
  woken(now: number): void {
    this.#readAt = Math.min(this.#readAt, now);
    this.#pollMs = FIRST_POLL_MS;
  }

  /** A page of what the sink wants was read: nothing before `next` is still to come. */
  pageRead(events: readonly OutgoingEvent[], next: string, isFull: boolean, now: number): void {
    this.#isReading = false;
    this.#readTo = next;
    this.#pending.push(...events.map((event) => pendingOf(event, false, now)));
    this.#pollMs = events.length > 0 ? FIRST_POLL_MS : Math.min(this.#pollMs * 2, LONGEST_POLL_MS);
    this.#readAt = isFull ? now : now + this.#pollMs;
  }

  replaysRead(events: readonly OutgoingEvent[], now: number): void {
    this.#isReading = false;
    this.#mayHaveReplays = events.length > 0;
    this.#pending.unshift(...events.map((event) => pendingOf(event, true, now)));
  }

  readFailed(now: number): void {
    this.#isReading = false;
    this.#readAt = now + AFTER_FAULT_MS;
  }

  /** The other side answered for each event of a batch. */
  answered({ items, sentAt }: Batch, outcomes: readonly ItemOutcome[], now: number, chance: number): void {
    this.#inFlight--;
    const pauses = outcomes.flatMap((each) => (each.kind === "retry" ? [each] : []));
    if (pauses.length === items.length) {
      // It is the other side that wants time, and no event's fault, unless it took what came after the event.
      const passedOver = new Set(
        this.#pending.slice(0, this.#pending.findLastIndex(({ stage }) => stage === "taken") + 1),
      );
      for (const item of items) {
        item.stage = "waiting";
        if (passedOver.has(item)) countAttempt(item, pauses[0]?.reason ?? "");
      }
      const afterMs = Math.max(...pauses.map((each) => each.afterMs ?? 0));
      this.#fail(sentAt, { message: pauses[0]?.reason ?? "", afterMs, isRefusal: false }, now, chance);
      return;
    }
    for (const [index, item] of items.entries()) {
      settle(item, outcomes[index] ?? { kind: "retry", reason: "the batch's answer says nothing of it" }, now, chance);
    }
    if (items.some(({ stage }) => stage === "taken")) this.#succeed(now);
    else {
      const message = items.find(({ reason }) => reason !== "")?.reason ?? "";
      this.#fail(sentAt, { message, afterMs: 0, isRefusal: true }, now, chance);
    }
  }

  /** The batch failed as a whole. When its content is the cause it is halved, until the one that is the cause is alone. */
  failed({ items, sentAt }: Batch, failure: Failure, now: number, chance: number): void {
    this.#inFlight--;
    const [first] = items;
    for (const item of items) item.stage = "waiting";
    if (failure.isRefusal && items.length > 1) {
      for (const item of items) item.company = Math.ceil(items.length / 2);
      return;
    }
    if (failure.isRefusal && first !== undefined) bury(first, failure.message);
    this.#fail(sentAt, failure, now, chance);
  }

  committed({ position, items }: Commit): void {
    this.#isCommitting = false;
    this.#committed = position;
    this.#pending = this.#pending.filter((each) => !items.has(each));
  }

  /** The commit was not written, or nobody knows: it is written again, with what followed. */
  commitFailed(now: number): void {
    this.#isCommitting = false;
    this.#isBreakerNew = true;
    this.#committedAt = now + AFTER_FAULT_MS;
  }

  /** Begins nothing more; what is on its way is waited for and written. */
  stop(): void {
    this.#isStopping = true;
  }

  #take(now: number): Batch | undefined {
    // While it is not known to be well again, one batch at a time tries it.
    const atOnce = this.#breaker.failures > 0 ? 1 : this.#batching.inFlight;
    if (now < this.#breaker.pauseUntil || this.#inFlight >= atOnce) return undefined;
    const items = nextBatch(this.#pending, this.#batching, now);
    if (items === undefined) return undefined;
    for (const item of items) {
      item.stage = "sending";
      item.triedAt = now;
    }
    this.#inFlight++;
    return { events: items.map(({ event }) => event), items, sentAt: now };
  }

  #read(now: number): Action | undefined {
    if (this.#isReading || now < this.#readAt) return undefined;
    const bytes = this.#pending.reduce((sum, each) => sum + each.bytes, 0);
    const count = this.#pending.length;
    if (count > this.#most.events / 2 || bytes > this.#most.bytes / 2) return undefined;
    this.#isReading = true;
    if (this.#mayHaveReplays && !this.#pending.some(({ isReplay }) => isReplay)) {
      return { kind: "readReplays", limit: Math.min(PAGE, this.#most.events - count) };
    }
    const usual = count === 0 ? 1 : bytes / count;
    const room = Math.min(this.#most.events - count, Math.ceil((this.#most.bytes - bytes) / Math.max(usual, 1)));
    return { kind: "read", after: this.#readTo, limit: Math.min(PAGE, room) };
  }

  #commit(): Commit | undefined {
    const stream = this.#pending.filter(({ isReplay }) => !isReplay);
    const open = stream.findIndex((each) => !isSettled(each));
    const settled = open === -1 ? stream : stream.slice(0, open);
    const position = open === -1 ? this.#readTo : (settled.at(-1)?.event.position ?? this.#committed);
    const replays = this.#pending.filter((each) => each.isReplay && isSettled(each));
    const items = new Set([...settled, ...replays]);
    if (items.size === 0 && position === this.#committed && !this.#isBreakerNew) return undefined;
    const ended = [...items];
    return {
      position,
      items,
      dead: ended.filter(({ stage }) => stage === "dead").map(({ event, reason }) => ({ event, reason })),
      revived: replays.filter(({ stage }) => stage === "taken").map(({ event }) => event.id),
      delivered: ended.filter(({ stage }) => stage === "taken").length,
      breaker: this.#breaker,
    };
  }

  #commitAt({ items }: Commit): number {
    const isIdle = items.size === 0 && !this.#isBreakerNew;
    return this.#committedAt + (isIdle ? IDLE_COMMIT_EVERY_MS : COMMIT_EVERY_MS);
  }

  #succeed(now: number): void {
    this.#isBreakerNew ||= this.#breaker.failures > 0;
    this.#breaker = afterSuccess(this.#breaker, now);
  }

  #fail(sentAt: number, failure: Failure, now: number, chance: number): void {
    this.#isBreakerNew = true;
    this.#breaker = afterFailure(this.#breaker, sentAt, failure, now, chance);
  }
}

function settle(item: Pending, outcome: ItemOutcome, now: number, chance: number): void {
  if (outcome.kind === "taken") item.stage = "taken";
  else if (outcome.kind === "refused") bury(item, outcome.reason);
  else {
    item.stage = "waiting";
    countAttempt(item, outcome.reason);
    const pause = Math.min(pauseAfter(item.attempts, 0, chance), ITEM_LONGEST_PAUSE_MS);
    item.notBefore = now + Math.max(pause, outcome.afterMs ?? 0);
  }
}

/** An event that is wanted again and again holds up the checkpoint, and so at last everything: that has an end. */
function countAttempt(item: Pending, reason: string): void {
  item.attempts++;
  // It was answered for by itself, so it is not what its batch was refused for.
  item.company = Number.POSITIVE_INFINITY;
  if (item.attempts >= ITEM_ATTEMPTS) bury(item, `${reason} (${ITEM_ATTEMPTS} attempts)`);
}

function bury(item: Pending, reason: string): void {
  item.stage = "dead";
  item.reason = reason;
}
