/** Whose order an event belongs to: its device's, or its own when it is about none. */
export interface Queue {
  readonly tenant: string;
  readonly queue: string;
}

interface Arrival {
  readonly id: string;
  readonly tenant: string;
  readonly deviceId: string;
}

export const queueOf = ({ id, tenant, deviceId }: Arrival): Queue => ({
  tenant,
  queue: deviceId === "" ? id : deviceId,
});

export const queueKey = ({ tenant, queue }: Queue): string => JSON.stringify([tenant, queue]);

export interface Sorted<E> {
  /** These take effect now. */
  readonly apply: readonly E[];
  /** These wait behind an earlier event of their device. */
  readonly wait: readonly E[];
  /** Their device's queue is full: they stay unheard, and are heard out of the outbox when there is room. */
  readonly leave: readonly E[];
}

/**
 * Decides what becomes of arrived events. `unheard` are the ids that the inbox did not hold, `lengths` how many events
 * wait in each queue that is parked, `room` how many at most may wait in one.
 */
export function sortArrivals<E extends Arrival>(
  events: readonly E[],
  unheard: ReadonlySet<string>,
  lengths: ReadonlyMap<string, number>,
  room: number,
): Sorted<E> {
  const fresh = new Set(unheard);
  const waiting = new Map(lengths);
  const sorted = { apply: [] as E[], wait: [] as E[], leave: [] as E[] };
  for (const event of events) {
    // The same event twice in one batch is heard once.
    if (!fresh.delete(event.id)) continue;
    const key = queueKey(queueOf(event));
    const length = waiting.get(key);
    if (length === undefined) sorted.apply.push(event);
    else if (length >= room) sorted.leave.push(event);
    else {
      waiting.set(key, length + 1);
      sorted.wait.push(event);
    }
  }
  return sorted;
}
