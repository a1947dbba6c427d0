import type { Checkin } from "@muster/apple-protocol/mdm/checkin";
import { currentTrace } from "@muster/host/telemetry";
import { type AppleEnrollment, keptClaim } from "../../domain/apple/apple-enrollment.ts";
import { isForeign } from "../../domain/apple/attested-device.ts";
import { renew, withApple } from "../../domain/device.ts";
import { bindHardware } from "../../storage/apple-enrollments.ts";
import { noteRenewed } from "../../storage/apple-renewals.ts";
import { registryWork } from "../../storage/registry.ts";
import { type CheckinOutcome, DONE, type Visit } from "./apple-visit.ts";

/** The device says who it is. It is enrolled only when it has also said how to reach it. */
export async function authenticate({
  certificateNotAfter,
  certificateSerial,
  checkin,
  enrollment,
  work,
}: Visit): Promise<CheckinOutcome> {
  if (checkin.type !== "Authenticate") return DONE;
  const { deviceId, tenant } = enrollment;
  if (isOther(enrollment, checkin)) return { kind: "refused" };
  if (deviceId === undefined) {
    await bindHardware(work.sql, enrollment, checkin.sender.hardwareId, keptClaim(enrollment.ownership, checkin.claim));
    return DONE;
  }
  // A device that has got a new certificate begins anew on the wire. It is the same enrollment: nothing is lost.
  const device = await registryWork(work).device(tenant, deviceId);
  if (device === undefined || device.status === "unenrolled" || device.apple?.enrollmentId !== enrollment.id)
    return { kind: "ended" };
  // An earlier certificate stays good until it ends, but is no renewal.
  const isNewest = certificateSerial === enrollment.certificateSerial;
  if (!isNewest || device.certificateSerial === certificateSerial) return DONE;
  const renewed = withApple(renew(device, { serial: certificateSerial, notAfter: certificateNotAfter }), {
    ...device.apple,
    attested: enrollment.attested,
  });
  await registryWork(work).saveDevices([renewed]);
  await noteRenewed(work.sql, enrollment, certificateNotAfter);
  registryWork(work).announce({ kind: "renewed", device: renewed }, { trace: currentTrace() });
  return DONE;
}

/** Whether the device says that it is another one than its maker attested when it got its certificate. */
function isOther(enrollment: AppleEnrollment, { claim, sender }: Checkin & { readonly type: "Authenticate" }): boolean {
  const { attested, deviceId, ownership } = enrollment;
  if (attested === undefined) return false;
  // It got its certificate a moment ago. When it begins anew later it may have been updated.
  if (deviceId === undefined && attested.osVersion !== "" && attested.osVersion !== claim.osVersion) return true;
  return isForeign(attested, { ownership, expectedSerial: "", hardwareId: sender.hardwareId, claim });
}
