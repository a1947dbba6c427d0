import type { HeardEvent } from "@muster/postgres/listen";
import { applyEnrollments, type HeardEnrollment } from "../storage/apply-enrollments.ts";
import type { InventoryWork } from "../storage/schema.ts";
import type { Signals } from "../usecases/ports.ts";

/** What the consumer inventory-enrollment does: devices come, change and go as enrollment says. */
export const onEnrollment =
  (now: () => Date) =>
  (work: InventoryWork, events: readonly HeardEvent[]): Promise<void> =>
    applyEnrollments(work, events.flatMap(enrollmentIn), now());

function enrollmentIn(event: HeardEvent): HeardEnrollment[] {
  if (!isOfEnrollment(event) || event.data.enrollment === undefined) return [];
  const enrolled =
    event.type === "muster.enrollment.v1.DeviceEnrolled" || event.type === "muster.enrollment.v1.IdentityConflictFound";
  return [{ tenant: event.tenant, enrollment: event.data.enrollment, enrolled }];
}

type EnrollmentEvent = HeardEvent<
  | "muster.enrollment.v1.DeviceEnrolled"
  | "muster.enrollment.v1.DeviceUnenrolled"
  | "muster.enrollment.v1.IdentityRenewed"
  | "muster.enrollment.v1.IdentityConflictFound"
>;

const isOfEnrollment = (event: HeardEvent): event is EnrollmentEvent =>
  event.type.startsWith("muster.enrollment.v1.") && "enrollment" in event.data;

/** A new device is asked at once, and a key that ended is refused by every replica at once. */
export const afterEnrollment =
  (signals: Signals) =>
  (events: readonly HeardEvent[]): void => {
    const devices = new Map<string, string[]>();
    for (const { tenant, deviceId } of events) devices.set(tenant, [...(devices.get(tenant) ?? []), deviceId]);
    for (const [tenant, ids] of devices) signals.workChanged(tenant, ids, true);
  };
