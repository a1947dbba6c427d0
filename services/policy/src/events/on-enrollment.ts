import { Ownership } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { HeardEvent } from "@muster/postgres/listen";
import type { Work } from "@muster/postgres/service-database";
import { type AppleNews, applyApple } from "../storage/apple-devices.ts";
import { applyDeclaring } from "../storage/declarations/declaring-devices.ts";
import { applyEnrollments, type EnrollmentNews, lockDevices, newestOfEach } from "../storage/devices.ts";
import type { PolicyTables } from "../storage/tables.ts";
import { shareWithDevices } from "../storage/tenant-lock.ts";
import { refitDeclarations } from "../usecases/declarations/refit-declarations.ts";
import { refitProfiles } from "../usecases/profiles/refit-profiles.ts";
import { tellReady, type WaitingDevice } from "../usecases/profiles/tell-ready.ts";
import { refitVerdicts } from "../usecases/refit-verdicts.ts";
import type { TellDeps } from "../usecases/tell-verdicts.ts";
import { declaringNews } from "./declaring-news.ts";

/** A device that enrolled gets a verdict of each policy and the profiles that apply to it; one that left has none. */
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
    const declaring = newestOfEach(events.flatMap(declaringNews));
    await applyDeclaring(work.sql, declaring);
    await refitDeclarations(work, deps, { devices: declaring });
    const apple = newestOfEach(events.flatMap(appleIn));
    if (apple.length === 0) return;
    await applyApple(work.sql, apple);
    await refitProfiles(work, deps, { devices: apple });
    await tellReady(
      work,
      events
        .flatMap(waitingIn)
        .filter(({ deviceId, generation, tenant }) =>
          apple.some((each) => each.tenant === tenant && each.deviceId === deviceId && each.generation === generation),
        ),
    );
  };

/** The devices that wait in Setup Assistant for what they are to have. */
function waitingIn(event: HeardEvent): WaitingDevice[] {
  if (event.type !== "muster.enrollment.v1.DeviceEnrolled") return [];
  const { apple, deviceId = "", generations } = event.data.enrollment ?? {};
  if (apple?.awaitingConfiguration !== true || apple.releasedByHand) return [];
  return [{ tenant: event.tenant, deviceId, generation: generations?.["apple"] ?? 0 }];
}

/** What is told of Apple's own protocol; a device that another machine replaced is not reached over it any more. */
function appleIn(event: HeardEvent): AppleNews[] {
  const [news] = newsOf(event);
  if (news === undefined || !("enrollment" in event.data) || event.data.enrollment === undefined) return [];
  const { apple, generations, hardwareModel, hardwareSerial, ownership } = event.data.enrollment;
  const generation = generations["apple"] ?? 0;
  if (generation === 0) return [];
  const { tenant, deviceId, enrolled, version } = news;
  return [
    {
      tenant,
      deviceId,
      version,
      generation,
      enrolled: enrolled && apple !== undefined,
      personal: ownership === Ownership.OWNERSHIP_PERSONAL,
      udid: apple?.udid ?? "",
      serialNumber: hardwareSerial,
      hardwareModel: hardwareModel || (apple?.productName ?? ""),
      managedAccount: apple?.managedAccount ?? "",
      users: (apple?.users ?? []).map(({ longName, shortName, userId }) => ({ userId, shortName, longName })),
    },
  ];
}

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
