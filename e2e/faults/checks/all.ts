import type { Stage } from "../stage.ts";
import { WATCHED_TYPES } from "../stage.ts";
import { everyEventKeptOnce, everyVersionToldOnce } from "./activities-once.ts";
import { auditWhole } from "./audit-whole.ts";
import type { Finding } from "./check.ts";
import { everyCommandOnce } from "./commands-once.ts";
import { everyEventHeard, type Missing } from "./events-heard.ts";
import { noTakenFactLost } from "./facts-kept.ts";
import { everyEventInSink, everyEventStreamedOnce, everyWebhookTaken } from "./told-outside.ts";

/** The schemas of all who publish. */
export const PUBLISHERS = ["enrollment", "command", "inventory", "policy", "notification", "gateway"];

/** Every invariant, once everything had time to heal; `missing` is what was still not heard then. */
export async function checkAll(
  { api, patient, fleet, deviceIds, commanded, source }: Stage,
  missing: readonly Missing[],
): Promise<Finding[]> {
  const commands = await everyCommandOnce(api, commanded);
  const facts = await noTakenFactLost(api, fleet.hosts, deviceIds);
  return patient.withDatabase(async (client) => [
    facts,
    commands,
    everyEventHeard(missing),
    await everyEventKeptOnce(client, PUBLISHERS),
    await everyVersionToldOnce(client),
    await everyWebhookTaken(client, patient.receiver, WATCHED_TYPES),
    await everyEventInSink(client, patient.splunk, WATCHED_TYPES),
    await everyEventStreamedOnce(client, source, WATCHED_TYPES),
    await auditWhole(api, client),
  ]);
}
