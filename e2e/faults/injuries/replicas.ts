import { setTimeout as pause } from "node:timers/promises";
import type { Injury } from "../injury.ts";

/** What only this service can answer, through the gateway. */
export const ASKED = {
  enrollment: "/api/v1/enrollment-tokens",
  inventory: "/api/v1/devices?pageSize=1",
  policy: "/api/v1/policies",
  command: "/api/v1/campaigns",
  notification: "/api/v1/webhooks",
  gateway: "/api/v1/users",
} as const;

/** Until whoever spreads requests has noticed. */
const NOTICED_AFTER_MS = 1_500;
const REQUESTS = 20;

/** A replica is gone for a while, and everything its service is asked meanwhile is answered by the others. */
export const loseReplica: Injury = {
  name: "lose a replica",
  weight: 4,
  inflict: async ({ platform, api, askedOfOthers }, random) => {
    const { service, process } = random.pick(platform.replicas);
    await process.kill("SIGKILL");
    await pause(NOTICED_AFTER_MS);
    let answered = 0;
    for (let request = 0; request < REQUESTS; request++) {
      askedOfOthers.requests += 1;
      try {
        await api.get(ASKED[service]);
        answered += 1;
      } catch (error) {
        askedOfOthers.unanswered.push(
          `without ${process.name}: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
      await pause(50);
    }
    await process.restart();
    return `${process.name}, the others answered ${answered} of ${REQUESTS} requests`;
  },
};
