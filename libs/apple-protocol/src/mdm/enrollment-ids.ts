import type { PlistDict } from "../plist/value.ts";
import { textAt } from "./fields.ts";
import { MdmMessageError } from "./mdm-message-error.ts";

/** Who sends a message. */
export interface Sender {
  /** The UDID, or the EnrollmentID of a user enrollment. */
  readonly hardwareId: string;
  /** Whether it is a user enrollment, whose device says neither its UDID nor its serial number. */
  readonly isUserEnrollment: boolean;
  /** The user of the channel; empty for the device's own. A shared iPad's user goes by the managed account. */
  readonly userId: string;
  readonly userShortName: string;
  readonly userLongName: string;
}

/** The UserID of every user of a shared iPad; the short name tells them apart. */
const SHARED_IPAD_USER = "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF";
const LONGEST = 255;

/** Reads who sends a message; a UDID counts before an EnrollmentID. */
export function readSender(message: PlistDict): Sender {
  const udid = textAt(message, "UDID");
  const hardwareId = udid || textAt(message, "EnrollmentID");
  if (hardwareId === "" || hardwareId.length > LONGEST)
    throw new MdmMessageError("the message has neither UDID nor EnrollmentID");
  const userShortName = textAt(message, "UserShortName");
  const given = udid === "" ? textAt(message, "EnrollmentUserID") : textAt(message, "UserID");
  const userId = given === SHARED_IPAD_USER ? userShortName : given;
  if (userId.length > LONGEST || (given !== "" && userId === ""))
    throw new MdmMessageError("the user has no usable name");
  return {
    hardwareId,
    isUserEnrollment: udid === "",
    userId,
    userShortName,
    userLongName: textAt(message, "UserLongName"),
  };
}
