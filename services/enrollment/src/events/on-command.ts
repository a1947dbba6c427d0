import type { HeardEvent } from "@muster/postgres/listen";
import type { EnrollmentWork } from "../usecases/apple/escrow.ts";
import { noteRelease } from "../usecases/apple/note-release.ts";
import { onCommandEnded } from "./on-command-ended.ts";

const isRelease = ({ type }: HeardEvent): boolean => type === "muster.command.v1.DeviceReleased";

/** What commands that ended mean for enrollments. */
export async function onCommand(work: EnrollmentWork, events: readonly HeardEvent[]): Promise<void> {
  await onCommandEnded(
    work,
    events.filter((event) => !isRelease(event)),
  );
  for (const { deviceId, tenant, time } of events.filter(isRelease)) await noteRelease(work, tenant, deviceId, time);
}
