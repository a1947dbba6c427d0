import type { HeardEvent } from "@muster/postgres/listen";
import { sql } from "kysely";
import { column, type InventoryWork } from "../storage/schema.ts";
import { noteWorkChanged } from "../storage/work-changes.ts";
import type { Signals } from "../usecases/ports.ts";

const refetches = (events: readonly HeardEvent[]) =>
  events.filter(({ type }) => type === "muster.command.v1.RefetchAccepted");

/** What the consumer inventory-command does: a device that said yes to a refetch is asked everything. */
export async function onCommand(work: InventoryWork, events: readonly HeardEvent[]): Promise<void> {
  const devices = refetches(events);
  if (devices.length === 0) return;
  await sql`
    update device_work set detail_due_at = '-infinity', detail_asked_at = '-infinity', asked = '{}'
    where (tenant, device_id) in (
      select * from unnest(${column(devices, "tenant")}::text[], ${column(devices, "deviceId")}::uuid[]))`.execute(
    work.sql,
  );
  await noteWorkChanged(work, devices);
}

export const afterCommand =
  (signals: Signals) =>
  (events: readonly HeardEvent[]): void => {
    for (const { tenant, deviceId } of refetches(events)) signals.workChanged(tenant, [deviceId], true);
  };
