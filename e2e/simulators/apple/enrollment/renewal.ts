import { CommandFailed, mdmError } from "../answers/command-answer.ts";
import type { EnrollmentProfile } from "./enrollment-profile.ts";

const PER_USER = "com.apple.mdm.per-user-connections";

const refuse = (code: number, text: string): never => {
  throw new CommandFailed(mdmError(code, text));
};

/** A profile may replace the one a device is enrolled with if it changes nothing that is fixed for life. @throws CommandFailed */
export const allowReplacement = (old: EnrollmentProfile, next: EnrollmentProfile): void => {
  if (old.mdm.serverUrl !== next.mdm.serverUrl) refuse(12012, "ServerURL may not change");
  if (old.mdm.checkInUrl !== next.mdm.checkInUrl) refuse(12012, "CheckInURL may not change");
  if (old.mdm.topic !== next.mdm.topic) refuse(12012, "Topic may not change");
  if (old.mdm.enrollmentMode !== next.mdm.enrollmentMode) refuse(12012, "EnrollmentMode may not change");
  if (old.mdm.assignedManagedAppleId !== next.mdm.assignedManagedAppleId)
    refuse(12012, "AssignedManagedAppleID may not change");
  if (old.mdm.serverCapabilities.has(PER_USER) !== next.mdm.serverCapabilities.has(PER_USER))
    refuse(12012, "the capability of per-user connections may not change");
  if ((next.mdm.accessRights & ~old.mdm.accessRights) !== 0) refuse(12012, "AccessRights may not be added");
};
