import type { ArrivedEvent } from "@muster/eventbus/event-message";
import type { HearOptions } from "./hear.ts";
import { UnreadableEvent } from "./heard-event.ts";
import { retryPauseMs } from "./retry-pause.ts";

/**
 * Tries the first event of one parked device whose pause is over: one at a time and in order. When it takes effect, the
 * next is due at once. Returns whether there was one to try.
 */
export async function retryOne({ store, isAway, chance }: HearOptions): Promise<boolean> {
  let tried: ArrivedEvent | undefined;
  try {
    return await store.transaction(async (hearing) => {
      tried = undefined;
      const due = await hearing.takeDue();
      if (due === undefined) return false;
      tried = due.event;
      await hearing.apply([due.event]);
      await hearing.settle(due.event);
      return true;
    });
  } catch (error) {
    if (tried === undefined || isAway(error)) throw error;
    // What the failed transaction wrote is undone; that it failed is written in one of its own.
    const failed = tried;
    const reason = error instanceof Error ? error.message : String(error);
    await store.transaction(async (hearing) => {
      const due = await hearing.takeDue(failed);
      if (due === undefined) return;
      if (error instanceof UnreadableEvent) await hearing.giveUp(failed, reason);
      else await hearing.rest(failed, reason, retryPauseMs(due.attempts + 1, chance()));
    });
    return true;
  }
}
