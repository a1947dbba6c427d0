import type { ArrivedEvent } from "@muster/eventbus/event-message";
import { UnreadableEvent } from "./heard-event.ts";
import type { HearingStore } from "./hearing-store.ts";
import { retryPauseMs } from "./retry-pause.ts";
import { sortArrivals } from "./sort-arrivals.ts";

export interface HearOptions {
  readonly store: HearingStore;
  /** How many events of one device wait at most. */
  readonly room: number;
  /** A number from 0 up to 1. */
  readonly chance: () => number;
  /** Whether an error says that the store itself is away, so that no event can be its cause. */
  readonly isAway: (error: unknown) => boolean;
  /** Told of each event that failed and was set aside. */
  readonly setAside: (event: ArrivedEvent, error: unknown) => void;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Hears events in the order given, each once. One that fails is found by halving and parks its device; the others take
 * effect. When this returns, the store holds what became of each; when it throws, they have to be heard again.
 */
export async function hear(options: HearOptions, events: readonly ArrivedEvent[]): Promise<void> {
  for (const event of events) {
    if (UUID.test(event.id)) continue;
    const error = new UnreadableEvent("the event's id is no UUID in its canonical form");
    await options.store.transaction((hearing) => hearing.bury(event, error.message));
    options.setAside(event, error);
  }
  await hearInHalves(
    options,
    events.filter(({ id }) => UUID.test(id)),
  );
}

async function hearInHalves(options: HearOptions, events: readonly ArrivedEvent[]): Promise<void> {
  const [first] = events;
  if (first === undefined) return;
  try {
    await hearTogether(options, events);
  } catch (error) {
    if (options.isAway(error)) throw error;
    if (events.length === 1) return setAside(options, first, error);
    const middle = Math.ceil(events.length / 2);
    await hearInHalves(options, events.slice(0, middle));
    await hearInHalves(options, events.slice(middle));
  }
}

function hearTogether({ store, room }: HearOptions, events: readonly ArrivedEvent[]): Promise<void> {
  return store.transaction(async (hearing) => {
    const { unheard, lengths } = await hearing.arrive(events);
    const { apply, wait, leave } = sortArrivals(events, unheard, lengths, room);
    if (leave.length > 0) await hearing.leave(leave);
    if (wait.length > 0) await hearing.wait(wait);
    if (apply.length > 0) await hearing.apply(apply);
  });
}

async function setAside(options: HearOptions, event: ArrivedEvent, error: unknown): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  const isNews = await options.store.transaction(async (hearing) => {
    // Meanwhile another replica may have heard the event, or parked its device.
    const { unheard, lengths } = await hearing.arrive([event]);
    const { apply, wait, leave } = sortArrivals([event], unheard, lengths, options.room);
    if (leave.length > 0) await hearing.leave(leave);
    if (wait.length > 0) await hearing.wait(wait);
    if (apply.length === 0) return false;
    if (error instanceof UnreadableEvent) await hearing.bury(event, reason);
    else await hearing.park(event, reason, retryPauseMs(1, options.chance()));
    return true;
  });
  if (isNews) options.setAside(event, error);
}
