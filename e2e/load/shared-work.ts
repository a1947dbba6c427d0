import type { Platform } from "@muster/deploy/local/platform";
import { everyEventKeptOnce, everyVersionToldOnce } from "../faults/checks/activities-once.ts";
import { PUBLISHERS } from "../faults/checks/all.ts";
import { auditWhole } from "../faults/checks/audit-whole.ts";
import type { Finding } from "../faults/checks/check.ts";
import { nothingSetAside } from "../faults/checks/nothing-set-aside.ts";
import { workShared } from "../faults/checks/work-shared.ts";
import { withDatabase } from "../faults/platform-database.ts";
import { watchWork } from "../faults/work/work-of-replicas.ts";
import { restClient } from "../journeys/testing/rest-client.ts";

/** Does a load on a platform with replicas. @returns what it returns, and whether each replica did its part and nothing was done twice. */
export async function whileShared<T>(
  platform: Platform,
  load: () => Promise<T>,
): Promise<{ readonly result: T; readonly findings: readonly Finding[] }> {
  const working = watchWork(platform.replicas);
  const result = await load();
  const work = await working.stop();
  const api = restClient(platform.urls.gateway, platform.administrator.token);
  const findings = await withDatabase(platform, async (client) => [
    workShared(ofDoorsAndListeners(work)),
    await everyEventKeptOnce(client, PUBLISHERS),
    await everyVersionToldOnce(client),
    await auditWhole(api, client),
  ]);
  return { result, findings: [...findings, await nothingSetAside(api)] };
}

/** A load of devices asks the gateway and enrollment for little once they are enrolled: too little to be told how it is shared. */
function ofDoorsAndListeners(work: Awaited<ReturnType<ReturnType<typeof watchWork>["stop"]>>): typeof work {
  return new Map([...work].filter(([{ service }]) => service !== "gateway"));
}
