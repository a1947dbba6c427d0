import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "@muster/host/logging";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import { retireUser } from "../domain/credential-rotation.ts";
import type { ItemOutcome } from "../domain/outgoing-event.ts";
import { type Position } from "../domain/position.ts";
import type { Subscriber } from "../domain/subscriber.ts";
import { readAfter, type StreamRow } from "../storage/activity-lists.ts";
import {
  deleteSubscriber,
  holdsSubscriber,
  type Progress,
  writeEmptied,
  writeProgress,
  writeUsers,
} from "../storage/subscriber-feeds.ts";
import type { NotificationTables } from "../storage/tables.ts";
import type { ActivityWakes } from "./ports.ts";
import { renderOutgoing } from "./render-outgoing.ts";
import type { SubscriberBus, SubscriberFeed } from "./subscriber-ports.ts";

export interface FeedDeps {
  readonly database: ServiceDatabase<NotificationTables>;
  readonly bus: SubscriberBus;
  readonly waker: ActivityWakes;
  readonly log: Logger;
  readonly now: () => Date;
  /** Told of how many events went into streams. */
  readonly fed: (events: number) => void;
}

const PAGE = 500;
/** How often the stream is looked at, and the lease renewed, when nothing happens. */
const LOOK_MS = 5_000;
const FULL_PAUSE_MS = 500;
const IDLE_PAUSE_MS = 1_000;

/**
 * Feeds one subscriber until the signal is aborted or somebody else holds it. What the bus has lost is put back: its
 * stream is filled from where the subscriber had settled everything. One that is revoked is taken from the bus.
 */
export async function feedSubscriber(deps: FeedDeps, held: Subscriber, signal: AbortSignal): Promise<void> {
  const { bus, database } = deps;
  if (held.revokedAt !== undefined) {
    await bus.remove(held);
    await database.tenant(held.tenant, ({ sql }) => deleteSubscriber(sql, held));
    return;
  }
  const subscriber = await withoutRetired(deps, held);
  if (subscriber === undefined) return;
  const feed = await bus.open(subscriber);
  try {
    if (subscriber.emptiedRound < subscriber.round) {
      await feed.empty();
      await database.tenant(held.tenant, ({ sql }) => writeEmptied(sql, subscriber, subscriber.round));
    }
    await follow(deps, subscriber, feed, signal);
  } finally {
    await feed.close();
  }
}

async function follow(deps: FeedDeps, held: Subscriber, feed: SubscriberFeed, signal: AbortSignal): Promise<void> {
  const { database, waker, now } = deps;
  let subscriber = held;
  let position = feed.isNew ? held.settled : held.position;
  let lookedAt = 0;
  const watch = waker.watch(held.tenant, signal);
  while (!signal.aborted) {
    const wake = watch.next();
    const page = await database.tenant(held.tenant, async ({ sql }) =>
      (await holdsSubscriber(sql, held)) ? readAfter(sql, held.tenant, held.filter, position, PAGE) : undefined,
    );
    if (page === undefined) return;
    const taken = await send(deps, subscriber, feed, page.rows);
    const isFull = taken < page.rows.length;
    const last = page.rows[taken - 1];
    if (!isFull) position = page.next;
    else if (last !== undefined) position = { xid: last.xid, seq: last.seq };
    if (taken > 0 || feed.isClosed() || now().getTime() - lookedAt >= LOOK_MS) {
      const progress = await lookAt(feed, position, isFull);
      if (!(await database.tenant(held.tenant, ({ sql }) => writeProgress(sql, subscriber, progress)))) return;
      lookedAt = now().getTime();
      const retired = await withoutRetired(deps, subscriber);
      if (retired === undefined) return;
      if (retired !== subscriber) await deps.bus.push(retired);
      subscriber = retired;
    }
    if (page.isFull && !isFull) continue;
    // New events do not make room in a full stream.
    const sooner = isFull ? [feed.closed] : [feed.closed, wake];
    await pause(sooner, isFull ? FULL_PAUSE_MS : IDLE_PAUSE_MS, signal);
  }
}

/** How many of the events, from the first on, are with the subscriber now or can never be. */
async function send(
  { log, fed }: FeedDeps,
  subscriber: Subscriber,
  feed: SubscriberFeed,
  rows: readonly StreamRow[],
): Promise<number> {
  if (rows.length === 0) return 0;
  const events = rows.map((row) => renderOutgoing(subscriber, row));
  const told = events.filter(({ flaw }) => flaw === undefined);
  const answers = (told.length === 0 ? [] : await feed.send(told)).values();
  const outcomes = events.map(({ flaw }): ItemOutcome => {
    if (flaw !== undefined) return { kind: "refused", reason: flaw };
    return answers.next().value ?? { kind: "retry", reason: "the bus says nothing of it" };
  });
  const waiting = outcomes.findIndex(({ kind }) => kind === "retry");
  const done = outcomes.slice(0, waiting === -1 ? undefined : waiting);
  for (const [index, outcome] of done.entries()) {
    if (outcome.kind === "refused") {
      log.error(
        { subscriber: subscriber.id, event: rows[index]?.id, reason: outcome.reason },
        "event cannot be given to a subscriber and is left out",
      );
    }
  }
  fed(done.length);
  return done.length;
}

async function lookAt(feed: SubscriberFeed, position: Position, isFull: boolean): Promise<Progress> {
  const { events, bytes, unsettled, settledAt, oldest } = await feed.buffer();
  const buffer = { isFull, waitingEvents: events, waitingBytes: bytes, unsettledEvents: unsettled, settledAt };
  return { position, settled: oldest === undefined ? position : before(oldest), buffer };
}

/** The position right before an event's own. */
const before = ({ xid, seq }: Position): Position => ({ xid, seq: String(BigInt(seq) - 1n) });

/** The same subscriber when no user's time is over; nothing when somebody else holds it. */
async function withoutRetired({ database, now }: FeedDeps, held: Subscriber): Promise<Subscriber | undefined> {
  const users = retireUser(held.users, now());
  if (users === held.users) return held;
  const holds = await database.tenant(held.tenant, ({ sql }) => writeUsers(sql, held, users));
  return holds ? { ...held, users } : undefined;
}

/** Waits for the first of these, the time, and the end of all. */
async function pause(sooner: readonly Promise<void>[], ms: number, signal: AbortSignal): Promise<void> {
  const timer = new AbortController();
  const time = delay(ms, undefined, { signal: AbortSignal.any([timer.signal, signal]) }).catch(() => undefined);
  await Promise.race([...sooner, time]);
  timer.abort();
}
