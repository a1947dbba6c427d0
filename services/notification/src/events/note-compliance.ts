import { Status } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { Verdict } from "@muster/contracts/gen/muster/policy/v1/policy";
import type { HeardEvent } from "@muster/postgres/listen";
import type { Work } from "@muster/postgres/service-database";
import { type GroundNews, hearNews } from "../domain/signals/compliance.ts";
import { heldCompliance, keyOf, writeCompliance } from "../storage/signals/compliance.ts";
import { addressFlips } from "../storage/signals/fan-out.ts";
import type { NotificationTables } from "../storage/tables.ts";

/**
 * Keeps on which grounds devices comply or not, and signals each that flips, in the transaction that hears of it.
 * @returns whether one did.
 */
export async function noteCompliance(
  { sql }: Work<NotificationTables>,
  events: readonly HeardEvent[],
): Promise<boolean> {
  const news = events.flatMap(groundIn);
  if (news.length === 0) return false;
  const held = await heldCompliance(sql, news);
  const byDevice = Map.groupBy(news, keyOf);
  const heard = [...held].map(([key, device]) => ({ ...device, ...hearNews(device, byDevice.get(key) ?? []) }));
  await writeCompliance(sql, heard);
  const flips = heard.flatMap((device) => device.flips);
  if (flips.length > 0) await addressFlips(sql, flips);
  return flips.length > 0;
}

function groundIn(event: HeardEvent): GroundNews[] {
  const about = { tenant: event.tenant, deviceId: event.deviceId, eventId: event.id, at: event.time };
  if (event.type === "muster.policy.v1.ComplianceChanged") {
    const { policyId, policyName, version, verdict, resolution } = event.data;
    const breaks = verdict === Verdict.VERDICT_FAIL;
    return [
      {
        ...about,
        ground: `policy:${policyId}`,
        version,
        breaks,
        clearsOthers: false,
        initiator: "policy",
        reasonAdmin: breaks ? `Policy "${policyName}" fails.` : "No policy fails any more.",
        reasonUser: breaks
          ? `This device does not meet "${policyName}". ${resolution}`.trim()
          : "This device meets what is asked of it again.",
      },
    ];
  }
  if (event.type === "muster.enrollment.v1.DeviceEnrolled" || event.type === "muster.enrollment.v1.DeviceUnenrolled") {
    const { enrollment } = event.data;
    if (enrollment === undefined) return [];
    const breaks = enrollment.status === Status.STATUS_UNENROLLED;
    return [
      {
        ...about,
        ground: "enrollment",
        version: enrollment.version,
        breaks,
        clearsOthers: breaks,
        initiator: "system",
        reasonAdmin: breaks ? "The device is no longer managed." : "The device is managed again.",
        reasonUser: breaks ? "This device is no longer managed." : "This device is managed again.",
      },
    ];
  }
  return [];
}
