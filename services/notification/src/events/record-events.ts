import { serviceOf } from "@muster/contracts/event";
import type { HeardEvent } from "@muster/postgres/listen";
import type { Work } from "@muster/postgres/service-database";
import { applyLabels, recordActivities } from "../storage/activities.ts";
import type { NotificationTables } from "../storage/tables.ts";
import { noteCompliance } from "./note-compliance.ts";
import { noteDevices } from "./note-devices.ts";

/** Keeps every event, addresses it to the webhooks that want it, and signals a device that complies no more or again, in the transaction that hears it. */
export async function recordEvents(work: Work<NotificationTables>, events: readonly HeardEvent[]): Promise<void> {
  const labels = events.flatMap((event) =>
    event.type === "muster.inventory.v1.LabelMembershipChanged"
      ? [
          {
            tenant: event.tenant,
            deviceId: event.data.deviceId,
            version: event.data.version,
            labelIds: event.data.labelIds,
          },
        ]
      : [],
  );
  if (labels.length > 0) await applyLabels(work.sql, labels);
  await noteDevices(work, events);
  await noteCompliance(work, events);
  await recordActivities(
    work.sql,
    events.map((event) => ({
      id: event.id,
      tenant: event.tenant,
      type: event.type,
      source: `/muster/${serviceOf(event.type)}`,
      deviceId: event.deviceId,
      actor: event.actor,
      time: event.time,
      traceparent: event.trace.traceparent ?? "",
      data: event.body,
    })),
  );
}
