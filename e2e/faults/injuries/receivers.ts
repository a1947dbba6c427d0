import { setTimeout as pause } from "node:timers/promises";
import type { Injury } from "../injury.ts";

/** The receiver takes its time, so that many deliveries are in work at once. */
export const slowReceiver: Injury = {
  name: "slow receiver",
  weight: 2,
  inflict: async ({ receiver }, random) => {
    const [afterMs, forMs] = [random.int(200, 2_000), random.int(1_000, 6_000)];
    receiver.answer({ status: 200, afterMs });
    await pause(forMs);
    receiver.answer({ status: 200 });
    return `${afterMs} ms an answer, for ${forMs} ms`;
  },
};

/** The receiver refuses everything for a while. What it saw meanwhile it has not taken. */
export const refusingReceiver: Injury = {
  name: "refusing receiver",
  weight: 2,
  inflict: async ({ receiver }, random) => {
    const forMs = random.int(1_000, 4_000);
    receiver.answer({ status: 503 });
    await pause(forMs);
    receiver.answer({ status: 200 });
    return `503 for ${forMs} ms`;
  },
};

/** A SIEM that is down: every request is answered as Splunk does when its queues are full. */
export const sinkOutage: Injury = {
  name: "sink down",
  weight: 2,
  inflict: async ({ splunk }, random) => {
    const forMs = random.int(1_000, 6_000);
    splunk.outage = { status: 503, code: 9, text: "Server is busy" };
    await pause(forMs);
    splunk.outage = undefined;
    return `503 for ${forMs} ms`;
  },
};

/** A SIEM that takes events and does not index them: nothing may count as delivered meanwhile. */
export const sinkWithoutIndex: Injury = {
  name: "sink does not index",
  weight: 1,
  inflict: async ({ splunk }, random) => {
    const forMs = random.int(1_000, 6_000);
    splunk.isIndexing = false;
    await pause(forMs);
    splunk.isIndexing = true;
    return `for ${forMs} ms`;
  },
};
