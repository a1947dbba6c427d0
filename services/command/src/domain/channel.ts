import type { DeviceIdentity, Method } from "@muster/device-identity/identity";
import type { IneligibleCode } from "./apple/eligibility.ts";
import type { CommandType } from "./command.ts";

/** What of a device decides whether an agent on it may be asked something. */
export interface Reach {
  readonly enrolled: boolean;
  /** A person owns the device: what its owner could not foresee is not asked of it. */
  readonly personal: boolean;
  /** The generation of the device's keys by method; 0 when it never enrolled over it. */
  readonly generations: Readonly<Record<Method, number>>;
}

/** How a device can be reached, as enrollment told last. */
export interface Channel extends Reach {
  readonly tenant: string;
  readonly deviceId: string;
}

/**
 * Whether a key or certificate still counts. One that enrollment issued a moment ago may be here before the event that
 * tells of it: an unknown device and a later generation are believed, because the signature already was.
 */
export function isCurrent({ method, generation }: DeviceIdentity, channel: Channel | undefined): boolean {
  if (channel === undefined) return true;
  const known = channel.generations[method];
  return generation > known || (generation === known && channel.enrolled);
}

/** What a device would be asked to do, as far as it decides whether it may be. */
export interface Wish {
  readonly type: CommandType;
  /** The script was written for this one time and is not a saved one. */
  readonly freeText: boolean;
}

/** Whether the ownership of a device forbids a command: a person's machine is not switched off, and runs only saved scripts. */
export const ownershipForbids = ({ type, freeText }: Wish, personal: boolean): boolean =>
  personal && (freeText || type === "restart" || type === "shutdown");

export type EnqueueRefusalCode =
  | "command.device_unknown"
  | "command.device_unenrolled"
  | "command.unsupported"
  | "command.no_licenses"
  | IneligibleCode;

export interface EnqueueRefusal {
  readonly code: EnqueueRefusalCode;
  readonly message: string;
}

/** What no agent does. */
const APPLE_ONLY: ReadonlySet<CommandType> = new Set([
  "apple",
  "lock",
  "wipe",
  "clear_passcode",
  "enable_lost_mode",
  "disable_lost_mode",
  "locate",
]);

/** Why a device cannot be asked over an agent; nothing when it can. */
export function whyNot(wish: Wish, channel: Reach | undefined): EnqueueRefusal | undefined {
  if (channel === undefined) return { code: "command.device_unknown", message: "there is no such device" };
  if (!channel.enrolled) return { code: "command.device_unenrolled", message: "the device is no longer managed" };
  if (ownershipForbids(wish, channel.personal)) {
    const what = wish.freeText ? "runs saved scripts only: save the script first" : `is not told to ${wish.type}`;
    return { code: "command.ownership_forbids", message: `a personal device ${what}` };
  }
  if (wish.type === "unenroll") return undefined;
  const { agent, orbit } = channel.generations;
  if (APPLE_ONLY.has(wish.type))
    return {
      code: "command.unsupported",
      message: "only Apple's own protocol can do this; the device did not enroll over it",
    };
  if (agent > 0 || (orbit > 0 && wish.type === "run_script")) return undefined;
  const way = wish.type === "refetch" ? "ask inventory to refetch it instead" : "install the Muster agent on it";
  const program = orbit > 0 ? "fleetd" : "osquery";
  return { code: "command.unsupported", message: `the device has only ${program}, which cannot do this: ${way}` };
}
