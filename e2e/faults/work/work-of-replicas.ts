import { setTimeout as pause } from "node:timers/promises";
import type { Replica } from "@muster/deploy/local/services";

/** What a replica did: answered requests and calls, and took events from the bus. */
const WORK = /^muster_(?:http_requests|rpc_calls|hearing_taken)_total(?:\{.*\})? (\d+)/gm;

const ASK_EVERY_MS = 1_000;

export interface WorkOfReplicas {
  /** How much each replica did while all of its service ran. */
  stop(): Promise<ReadonlyMap<Replica, number>>;
}

/** Asks replicas again and again how much they did. What one does while another is down says nothing of how work is shared. */
export function watchWork(replicas: readonly Replica[]): WorkOfReplicas {
  const sums = new Map<Replica, number>(replicas.map((replica) => [replica, 0]));
  const services = [...new Set(replicas.map(({ service }) => service))].map((service) => {
    const own = replicas.filter((replica) => replica.service === service);
    let before: readonly (number | undefined)[] = [];
    return async (): Promise<void> => {
      const now = await Promise.all(own.map(workOf));
      const done = now.map((count, replica) => (count ?? NaN) - (before[replica] ?? NaN));
      before = now;
      // NaN is one that is down or was; less than before is one that began anew.
      if (done.every((each) => each >= 0)) {
        for (const [place, replica] of own.entries()) sums.set(replica, (sums.get(replica) ?? 0) + (done[place] ?? 0));
      }
    };
  });
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await Promise.all(services.map((look) => look()));
      await pause(ASK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await running;
      return sums;
    },
  };
}

/** Undefined while it is down. */
async function workOf({ adminUrl }: Replica): Promise<number | undefined> {
  try {
    const response = await fetch(`${adminUrl}/metrics`, { signal: AbortSignal.timeout(1_000) });
    const text = await response.text();
    return [...text.matchAll(WORK)].reduce((sum, [, count]) => sum + Number(count), 0);
  } catch {
    return undefined;
  }
}
