import type { ArrivedEvent } from "@muster/eventbus/event-message";
import type { Logger } from "@muster/host/logging";
import type { ComparisonStore, Finding } from "./comparison-store.ts";
import {
  type Digests,
  differenceOf,
  differingMinutes,
  isLost,
  mayBeLost,
  type Progress,
  progressTo,
  reach,
  SETTLE_MS,
} from "./differences.ts";
import type { Span } from "./digest-sql.ts";
import { MINUTE_MS, minuteOf, timeOf } from "./event-time.ts";
import { FullPass } from "./full-pass.ts";
import type { Publisher, Told } from "./publisher.ts";

const RECENT_MS = 10 * MINUTE_MS;
/** How many events are brought and heard at once. */
const BATCH = 200;

export interface ComparisonOptions<DB> {
  readonly store: ComparisonStore<DB>;
  readonly publisher: Publisher;
  /** Hears events as those that come over the bus. */
  readonly hear: (events: readonly ArrivedEvent[]) => Promise<void>;
  readonly log: Logger;
  readonly consumer: string;
}

/** What is known of a minute that is not the same on both sides. */
interface Minute {
  /** Since when it is seen to differ. */
  readonly since: number;
  /** Both digests, when nothing more can be done about their difference as it is; empty when something can. */
  readonly explained: string;
  /** When it was last looked into. */
  readonly lookedAt: number;
  /** Missing, but perhaps only late. */
  readonly late: readonly string[];
  /** Lost, and not to be had, or left out because their device's queue is full. */
  readonly left: readonly string[];
  readonly unknown: number;
}

/**
 * Finds what a consumer did not hear by comparing its inbox with its publisher's outbox, and hears it. What it remembers
 * spares work; were it lost, nothing but that would be.
 */
export class Comparison<DB> {
  readonly #options: ComparisonOptions<DB>;
  #pass = new FullPass();
  #head = "";
  readonly #minutes = new Map<number, Minute>();
  /** Recent minutes that were found to be the same; the full pass looks at them once more. */
  readonly #agreed = new Set<number>();
  #progress: Progress | undefined;
  #gapsFound = 0;
  #repaired = 0;

  constructor(options: ComparisonOptions<DB>) {
    this.#options = options;
  }

  /** Compares the last minutes, the next part of the full pass, and what looked lost before. */
  async compare(now: number): Promise<Finding> {
    const { store, publisher } = this.#options;
    [this.#gapsFound, this.#repaired] = [0, 0];
    const head = await store.head(now);
    if (head < this.#head) this.#beginAnew();
    this.#head = head;
    this.#progress = progressTo(this.#progress, head, now);
    const until = minuteOf(now - SETTLE_MS);
    const from = until - RECENT_MS;
    const recent = { from: this.#firstOpen(from, until), until };
    const told = await publisher.told(recent, this.#progress.head);
    for (const minute of this.#minutes.keys()) if (minute < told.keptSince) this.#minutes.delete(minute);
    const recently = await this.#differing(recent, told);
    for (let minute = recent.from; minute < until; minute += MINUTE_MS) {
      if (!recently.has(minute)) this.#agreed.add(minute);
    }
    for (const [minute, digests] of recently) {
      if (this.#minutes.get(minute)?.explained !== digests) await this.#look(minute, digests, now);
    }
    const reached = Math.min(from, reach(this.#progress, now));
    const part = this.#pass.next({ from: told.keptSince, until: from }, reached, now);
    if (part !== undefined) {
      const differing = await this.#differing(part, await publisher.told(part));
      for (const [minute, digests] of differing) {
        if (this.#minutes.get(minute)?.explained !== digests) await this.#look(minute, digests, now);
      }
    }
    for (const [minute, { explained, left, lookedAt }] of this.#minutes) {
      // A queue that was full may have room by now.
      const isWorthAnotherLook = explained === "" || (left.length > 0 && now - lookedAt >= RECENT_MS);
      if (minute < from && isWorthAnotherLook) await this.#look(minute, "tried", now);
    }
    return this.#finding(told);
  }

  /** The database was set back under the running process: nothing that was seen in it counts any more. */
  #beginAnew(): void {
    this.#pass = new FullPass();
    this.#minutes.clear();
    this.#agreed.clear();
    this.#progress = undefined;
  }

  /** The first recent minute that was not yet found to be the same. */
  #firstOpen(from: number, until: number): number {
    for (const minute of this.#agreed) if (minute < from) this.#agreed.delete(minute);
    let minute = from;
    while (minute < until && this.#agreed.has(minute)) minute += MINUTE_MS;
    return minute;
  }

  /** The minutes of a span that differ, with both digests; those that do no more are forgotten. */
  async #differing(span: Span, told: Told): Promise<Map<number, string>> {
    const heard = await this.#options.store.digests(span);
    const minutes = differingMinutes(heard, told.digests).filter((minute) => minute >= told.keptSince);
    const differing = new Map(minutes.map((minute) => [minute, both(heard, told.digests, minute)]));
    for (const minute of this.#minutes.keys()) {
      if (minute >= span.from && minute < span.until && !differing.has(minute)) this.#minutes.delete(minute);
    }
    return differing;
  }

  /** Looks into one minute whose digests differ, and repairs what is lost. */
  async #look(minute: number, digests: string, now: number): Promise<void> {
    const { store, publisher } = this.#options;
    const progress = this.#progress;
    const known = this.#minutes.get(minute);
    const since = known?.explained === "" ? known.since : undefined;
    if (progress === undefined || !mayBeLost(minute, progress, since, now)) return;
    const span = { from: minute, until: minute + MINUTE_MS };
    const { missing, extra } = differenceOf(await store.ids(span), await publisher.toldIds(span));
    const unknown = extra.length === 0 ? [] : differenceOf(await publisher.allIds(span), extra).missing;
    if (unknown.length > (known?.unknown ?? 0)) this.#warnOfUnknown(unknown);

    const lost = missing.filter((id) => isLost(id, progress, since ?? now, now));
    const late = missing.filter((id) => !isLost(id, progress, since ?? now, now) && id < progress.head);
    const left = lost.length === 0 ? [] : await this.#repair(lost, new Set(known?.left), span);
    // What was heard of types that are listened to no more is nothing amiss, and makes the digests differ for as long as it is kept.
    if (late.length + left.length + extra.length === 0) this.#minutes.delete(minute);
    else {
      const explained = late.length === 0 ? digests : "";
      this.#minutes.set(minute, { since: since ?? now, explained, lookedAt: now, late, left, unknown: unknown.length });
    }
  }

  /** Brings events and hears them; returns those that could not be had or that their device's full queue left out. */
  async #repair(lost: readonly string[], counted: ReadonlySet<string>, span: Span): Promise<readonly string[]> {
    const { store, publisher, hear, log, consumer } = this.#options;
    this.#gapsFound += lost.filter((id) => !counted.has(id)).length;
    for (let done = 0; done < lost.length; ) {
      const batch = lost.slice(done, done + BATCH);
      const events = await publisher.events(batch);
      if (events.length === 0) break;
      await hear(events);
      const last = events.at(-1)?.id ?? "";
      done += Math.max(1, batch.filter((id) => id <= last).length);
    }
    const { missing: left } = differenceOf(await store.ids(span), lost);
    const repaired = lost.length - left.length;
    this.#repaired += repaired;
    if (repaired > 0)
      log.warn({ consumer, events: repaired, minute: new Date(span.from) }, "lost events were repaired");
    // What was brought shows nothing about the bus: it must not count as the consumer's going on.
    if (this.#progress !== undefined) {
      const head = lost.at(-1) ?? "";
      if (head > this.#progress.head) this.#progress = { ...this.#progress, head };
    }
    return left;
  }

  #warnOfUnknown(ids: readonly string[]): void {
    const { log, consumer } = this.#options;
    log.error({ consumer, events: ids.length, first: ids[0] }, "events were heard that their publisher does not have");
  }

  #finding({ unheard, oldestUnheard }: Told): Finding {
    const open = [...this.#minutes.values()];
    const missing = open.flatMap(({ late, left }) => [...late, ...left]);
    const times = missing.map(timeOf);
    if (oldestUnheard !== undefined) times.push(oldestUnheard.getTime());
    return {
      behind: unheard + missing.length,
      oldestUnheard: times.length === 0 ? undefined : new Date(times.reduce((oldest, time) => Math.min(oldest, time))),
      gapsFound: this.#gapsFound,
      repaired: this.#repaired,
      unknown: open.reduce((sum, minute) => sum + minute.unknown, 0),
    };
  }
}

const both = (heard: Digests, told: Digests, minute: number): string =>
  [heard.get(minute), told.get(minute)].map((digest) => `${digest?.count ?? 0}:${digest?.sum ?? 0n}`).join("/");
