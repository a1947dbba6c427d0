import { serviceOf } from "@muster/contracts/event";
import type { HeardEvent } from "@muster/postgres/listen";
import type { Work } from "@muster/postgres/service-database";
import { applyLabels, recordActivities } from "../storage/activities.ts";
import type { NotificationTables } from "../storage/tables.ts";
import { noteCompliance } from "./note-compliance.ts";
import { noteDevices } from "./note-devices.ts";

/** Who has something to send. */
export interface Senders {
  /** A delivery waits for its webhook. */
  readonly deliveries: () => void;
  /** A signal waits for its receiver. */
  readonly signals: () => void;
}

/** Keeps every event, addresses it to the webhooks that want it, and signals a device that complies no more or again, in the transaction that hears it. */
export const recordEvents =
  (senders: Senders) =>
  async (work: Work<NotificationTables>, events: readonly HeardEvent[]): Promise<void> => {
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
    if (await noteCompliance(work, events)) work.afterCommit(senders.signals);
    const addressed = await recordActivities(
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
    if (addressed > 0) work.afterCommit(senders.deliveries);
  };
