import { createHash } from "node:crypto";
import type { DeviceParts } from "../device-parts.ts";
import type { ActiveEnrollment } from "../enrollment/active-enrollment.ts";
import { plistOf, textOf } from "../plist/plist-value.ts";
import { readPlist } from "../plist/read-plist.ts";
import { CheckinRefused, checkin } from "./checkin-client.ts";
import type { MdmChannel } from "./mdm-channel.ts";

/**
 * A directory's user logs in on a Mac, and the server is asked whether it manages that user.
 * @returns false when it does not (HTTP 410), which goes for this session.
 */
export const authenticateUser = async (
  parts: DeviceParts,
  enrollment: ActiveEnrollment,
  channel: MdmChannel,
): Promise<boolean> => {
  try {
    const { body } = await checkin(parts, enrollment, "UserAuthenticate", {}, channel);
    const challenge = body.length === 0 ? undefined : textOf(plistOf(readPlist(body))["DigestChallenge"]);
    if (challenge === undefined) return true;
    // An empty challenge says that no token is wanted, and is answered all the same.
    const digest = challenge === "" ? "" : createHash("md5").update(challenge).digest("hex");
    await checkin(parts, enrollment, "UserAuthenticate", { DigestResponse: digest }, channel);
    return true;
  } catch (error) {
    if (error instanceof CheckinRefused && error.status === 410) return false;
    throw error;
  }
};
