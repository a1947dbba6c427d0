import type { AppleDevice } from "./apple-device.ts";
import type { CommandFacts } from "./catalogue/command-facts.ts";

export type IneligibleCode =
  | "command.unsupported_platform"
  | "command.unsupported_version"
  | "command.ownership_forbids"
  | "command.not_supervised"
  | "command.not_automated"
  | "command.right_missing"
  | "command.wrong_channel";

/** Why a device cannot be asked; the code is for programs, the message for people. */
interface Ineligible {
  readonly code: IneligibleCode;
  readonly message: string;
}

const SYSTEM = { ios: "iOS", macos: "macOS", tvos: "tvOS", visionos: "visionOS", watchos: "watchOS" } as const;

/** Whether a device may be asked this on one of its channels; nothing when it may. */
export function whyNotEligible(
  requestType: string,
  facts: CommandFacts,
  device: AppleDevice,
  channel: "device" | "user",
): Ineligible | undefined {
  const { platform } = device;
  const since = facts.since[platform];
  const system = SYSTEM[platform];
  const no = (code: IneligibleCode, message: string): Ineligible => ({ code, message });
  if (since === undefined) return no("command.unsupported_platform", `${requestType} does not exist on ${system}`);
  if (device.osVersion !== "" && isBefore(device.osVersion, since))
    return no(
      "command.unsupported_version",
      `${requestType} needs ${system} ${since}; the device has ${device.osVersion}`,
    );
  if (facts.removedIn !== undefined && !isBefore(device.osVersion, `${facts.removedIn}`) && device.osVersion !== "")
    return no(
      "command.unsupported_version",
      `${requestType} is gone since ${system} ${facts.removedIn}; use declarations instead`,
    );
  if (device.personal && facts.notPersonal?.includes(platform) === true)
    return no("command.ownership_forbids", `${requestType} is not for a person's own device`);
  if (device.personal && facts.class === "destructive" && requestType !== "DeviceLock")
    return no("command.ownership_forbids", `${requestType} is not for a person's own device`);
  if (facts.supervised?.includes(platform) === true && !device.supervised)
    return no("command.not_supervised", `${requestType} is for supervised devices`);
  if (facts.automated?.includes(platform) === true && !device.automated)
    return no("command.not_automated", `${requestType} is for devices that came by Automated Device Enrollment`);
  // Apple gives user enrollments the rights that they have, whatever the profile asked for.
  if (!device.personal && facts.right !== undefined && (device.accessRights & facts.right) !== facts.right)
    return no(
      "command.right_missing",
      `${requestType} needs the access right ${facts.right}, which the enrollment did not ask for`,
    );
  if (!channelsOf(facts, device).includes(channel))
    return no("command.wrong_channel", `${requestType} does not go over the ${channel}'s channel on ${system}`);
  return undefined;
}

function channelsOf({ macChannels = "device" }: CommandFacts, { platform }: AppleDevice): readonly string[] {
  // A shared iPad's users have channels too; what they take is what a Mac's users take.
  if (macChannels === "both") return ["device", "user"];
  return platform === "macos" ? [macChannels] : ["device"];
}

/** Whether the version is older, number by number: 9.3 is before 10. */
export function isBefore(version: string, other: string): boolean {
  const [one, two] = [version, other].map((each) => each.split(".").map(Number));
  for (let index = 0; index < Math.max(one?.length ?? 0, two?.length ?? 0); index++) {
    const difference = (one?.[index] ?? 0) - (two?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
