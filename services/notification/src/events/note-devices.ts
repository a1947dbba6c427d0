import type { HeardEvent } from "@muster/postgres/listen";
import type { Work } from "@muster/postgres/service-database";
import { type EnrollmentNews, machineNewsIn, osNewsIn } from "../domain/device-news.ts";
import { applyEnrollments, applyMachines, applyOs } from "../storage/device-news.ts";
import type { NotificationTables } from "../storage/tables.ts";

/** Keeps what is told of devices beside the events about them. */
export async function noteDevices(work: Work<NotificationTables>, events: readonly HeardEvent[]): Promise<void> {
  const facts = events.filter((event) => event.type === "muster.inventory.v1.DeviceFactsChanged");
  await applyEnrollments(work.sql, events.flatMap(enrollmentIn));
  await applyMachines(
    work.sql,
    facts.flatMap((event) => machineNewsIn(event, event.data.facts)),
  );
  await applyOs(
    work.sql,
    facts.flatMap((event) => osNewsIn(event, event.data.facts)),
  );
}

function enrollmentIn({ data, deviceId, tenant, time }: HeardEvent): EnrollmentNews[] {
  if (!("enrollment" in data) || data.enrollment === undefined) return [];
  return [{ tenant, deviceId, version: data.enrollment.version, enrollment: data.enrollment, at: time }];
}
