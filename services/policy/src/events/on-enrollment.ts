import type { HeardEvent } from "@muster/postgres/listen";
import type { Work } from "@muster/postgres/service-database";
import { applyEnrollments, type EnrollmentNews, lockDevices, newestOfEach } from "../storage/devices.ts";
import type { PolicyTables } from "../storage/tables.ts";
import { shareWithDevices } from "../storage/tenant-lock.ts";
import { refitVerdicts } from "../usecases/refit-verdicts.ts";
import type { TellDeps } from "../usecases/tell-verdicts.ts";

/** A device that enrolled gets a verdict of each policy that applies to it; one that left has none. */
export const onEnrollment =
  (deps: TellDeps) =>
  async (work: Work<PolicyTables>, events: readonly HeardEvent[]): Promise<void> => {
    const news = newestOfEach(events.flatMap(newsOf));
    if (news.length === 0) return;
    await shareWithDevices(
      work.sql,
      news.map(({ tenant }) => tenant),
    );
    await applyEnrollments(work.sql, news);
    await lockDevices(work.sql, news);
    await refitVerdicts(work, deps, { devices: news });
  };

function newsOf(event: HeardEvent): EnrollmentNews[] {
  const isEnrolled = event.type === "muster.enrollment.v1.DeviceEnrolled";
  if (!isEnrolled && event.type !== "muster.enrollment.v1.DeviceUnenrolled") return [];
  const { enrollment } = event.data;
  if (enrollment === undefined) return [];
  return [
    {
      tenant: event.tenant,
      deviceId: enrollment.deviceId,
      version: enrollment.version,
      enrolled: isEnrolled,
      platform: enrollment.platform,
      hostname: enrollment.hostname,
    },
  ];
}
