import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "pg";
import { type Finding, finding } from "./check.ts";
import { eventsOf } from "./outbox.ts";

const KEPT_WITHIN_MS = 30_000;

/** Every event is kept, and kept once. */
export async function everyEventKeptOnce(client: Client, publishers: readonly string[]): Promise<Finding> {
  const { rows: twice } = await client.query<{ id: string; count: number }>(
    "select id, count(*)::int from notification.activities group by id having count(*) > 1 limit 50",
  );
  const { rows: all } = await client.query<{ count: number }>("select count(*)::int from notification.activities");
  // Hosts go on: what was committed just now is on its way.
  const deadline = performance.now() + KEPT_WITHIN_MS;
  let lost = await notKept(client, publishers);
  while (lost.length > 0 && performance.now() < deadline) {
    await pause(250);
    lost = await notKept(client, publishers);
  }
  return finding("every committed event is kept, once", all[0]?.count ?? 0, [
    ...twice.map(({ id, count }) => `${id} is kept ${count} times`),
    ...lost,
  ]);
}

async function notKept(client: Client, publishers: readonly string[]): Promise<string[]> {
  const lost: string[] = [];
  for (const publisher of publishers) {
    const { rows } = await client.query<{ id: string; type: string }>(
      `select o.id, o.type from ${eventsOf(publisher)} o
       where not exists (select from notification.activities a where a.id = o.id) limit 50`,
    );
    lost.push(...rows.map(({ id, type }) => `${type} ${id} is not kept`));
  }
  return lost;
}

/** One event a version: what was applied twice would have made a version of its own, or the same version again. */
export async function everyVersionToldOnce(client: Client): Promise<Finding> {
  const { rows } = await client.query<{ device: string; version: string; count: number }>(
    `select device_id as device, data ->> 'version' as version, count(*)::int
     from notification.activities where type = 'muster.inventory.v1.DeviceFactsChanged'
     group by device_id, data ->> 'version' having count(*) > 1 limit 50`,
  );
  const { rows: all } = await client.query<{ count: number }>(
    "select count(*)::int from notification.activities where type = 'muster.inventory.v1.DeviceFactsChanged'",
  );
  return finding(
    "each version of a device's facts was told by one event",
    all[0]?.count ?? 0,
    rows.map(({ device, version, count }) => `version ${version} of ${device} was told ${count} times`),
  );
}
