import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "pg";
import type { EventSource } from "../../simulators/event-source.ts";
import type { SplunkHecSimulator } from "../../simulators/sinks/splunk-hec.ts";
import type { WebhookReceiver } from "../../simulators/webhook-receiver.ts";
import { type Finding, finding } from "./check.ts";

const ids = async (client: Client, types: readonly string[]): Promise<string[]> => {
  const { rows } = await client.query<{ id: string }>("select id from notification.activities where type = any($1)", [
    types,
  ]);
  return rows.map(({ id }) => id);
};

const ARRIVE_WITHIN_MS = 180_000;
/** A delivery that was refused twice is tried again five to six minutes later (Standard Webhooks' schedule). */
const DELIVERED_WITHIN_MS = 400_000;

/** The receiver took each event of its filter, genuine; more often than once it may have been sent. */
export async function everyWebhookTaken(
  client: Client,
  receiver: WebhookReceiver,
  types: readonly string[],
): Promise<Finding & { readonly repeated: number }> {
  const expected = await ids(client, types);
  const takenOf = () => receiver.arrivals.all().filter(({ status }) => status === 200);
  await receiver.arrivals
    .until(
      () => {
        const taken = new Set(takenOf().map(({ id }) => id));
        return expected.every((id) => taken.has(id)) ? true : undefined;
      },
      "every event at the webhook's receiver",
      DELIVERED_WITHIN_MS,
    )
    .catch(() => undefined);
  const taken = takenOf();
  const known = new Set(taken.map(({ id }) => id));
  return {
    ...finding("the webhook's receiver took every event, signed", expected.length, [
      ...expected.filter((id) => !known.has(id)).map((id) => `${id} did not arrive`),
      ...taken.filter(({ verified }) => !verified).map(({ id }) => `${id} was not genuine`),
    ]),
    repeated: taken.length - known.size,
  };
}

/** The sink has each event of its filter, more often than once perhaps. */
export async function everyEventInSink(
  client: Client,
  splunk: SplunkHecSimulator,
  types: readonly string[],
): Promise<Finding> {
  const expected = await ids(client, types);
  const arrived = () => new Set(splunk.received.map(({ event }) => (event as { readonly id: string }).id));
  const deadline = performance.now() + ARRIVE_WITHIN_MS;
  let known = arrived();
  while (performance.now() < deadline && !expected.every((id) => known.has(id))) {
    await pause(250);
    known = arrived();
  }
  // Asked for last: hosts go on, and what the sink has was kept before.
  const wanted = new Set(await ids(client, types));
  return finding("the sink has every event of its filter, and no other", expected.length, [
    ...expected.filter((id) => !known.has(id)).map((id) => `${id} did not arrive`),
    ...[...known].filter((id) => !wanted.has(id)).map((id) => `${id} was not asked for`),
  ]);
}

/** A reader that resumes where it was cut off has read each event exactly once. */
export async function everyEventStreamedOnce(
  client: Client,
  source: EventSource,
  types: readonly string[],
): Promise<Finding> {
  const expected = await ids(client, types);
  const read = () =>
    source.events
      .all()
      .filter(({ type }) => types.includes(type))
      .map(({ data }) => (JSON.parse(data) as { id: string }).id);
  await source.events
    .until(() => (new Set(read()).size >= expected.length ? true : undefined), "every event", ARRIVE_WITHIN_MS)
    .catch(() => undefined);
  const counts = new Map<string, number>();
  for (const id of read()) counts.set(id, (counts.get(id) ?? 0) + 1);
  return finding("the event stream told every event exactly once", expected.length, [
    ...expected.filter((id) => !counts.has(id)).map((id) => `${id} was not read`),
    ...[...counts].filter(([, count]) => count > 1).map(([id, count]) => `${id} was read ${count} times`),
  ]);
}
