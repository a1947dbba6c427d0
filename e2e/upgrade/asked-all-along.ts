import { setTimeout as pause } from "node:timers/promises";
import { type Finding, finding } from "../faults/checks/check.ts";
import { ASKED } from "../faults/injuries/replicas.ts";
import type { RestClient } from "../journeys/testing/rest-client.ts";

export interface AskedAllAlong {
  /** How many requests were answered so far. */
  readonly answered: number;
  /** Requests that were cut off with the process that had them; whoever asks again is answered. */
  readonly cutOff: number;
  stop(): Promise<Finding>;
}

const EVERY_MS = 500;
/** The hop in front says so when the process it had chosen went away. */
const CUT_OFF = /answered with 50[23]|fetch failed|terminated/;
const ATTEMPTS = 3;

/** Somebody who asks the API for what each service alone can answer, again and again, and once more when cut off. */
export function askAllAlong(api: RestClient): AskedAllAlong {
  let answered = 0;
  let cutOff = 0;
  const unanswered: string[] = [];
  const stopping = new AbortController();
  const ask = async (path: string): Promise<void> => {
    let last = "";
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        await api.get(path);
        answered += 1;
        return;
      } catch (error) {
        last = error instanceof Error ? error.message : String(error);
        if (!CUT_OFF.test(last)) break;
        cutOff += 1;
        await pause(500);
      }
    }
    unanswered.push(last);
  };
  const running = Object.values(ASKED).map(async (path) => {
    while (!stopping.signal.aborted) {
      await ask(path);
      await pause(EVERY_MS);
    }
  });
  return {
    get answered() {
      return answered;
    },
    get cutOff() {
      return cutOff;
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
      return finding("everything asked over the API was answered", answered, unanswered);
    },
  };
}
