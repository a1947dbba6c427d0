import { ENROLLMENT_PROFILE } from "@muster/device-identity/enrollment-profile";
import type { AppleOrder } from "../apple/apple-order.ts";
import { factsOf } from "../apple/catalogue/catalogue.ts";
import { rawParameters, readRawCommand } from "../apple/raw-command.ts";
import type { Order } from "../order.ts";

/** What a second person has to approve for many devices: what takes them away, and what may do anything as root. */
export type Weight = "destructive" | "script";

/** So many devices one person asks alone within APPROVAL_WINDOW_MS. */
export type ApprovalLimits = Readonly<Record<Weight, number>>;

/** What was asked before this does not count any more. */
export const APPROVAL_WINDOW_MS = 3_600_000;

/** Whether it can take a device away from its user, or from whoever manages it. Of a command that the catalogue does not know nobody here can tell. */
export function isDestructive({ apple, type }: Pick<Order, "apple" | "type">): boolean {
  if (type === "lock" || type === "wipe" || type === "unenroll") return true;
  if (type !== "apple" || apple === undefined) return false;
  return endsManagement(apple) || (factsOf(apple.requestType)?.class ?? "destructive") === "destructive";
}

/** Removing the profile that a device enrolled with ends its management (MDM, RemoveProfile). */
function endsManagement({ parameters, rawPlist, requestType }: AppleOrder): boolean {
  if (requestType !== "RemoveProfile") return false;
  const given = rawPlist === "" ? parameters : rawParameters(readRawCommand(rawPlist));
  return given["Identifier"] === ENROLLMENT_PROFILE;
}

export function weightOf(order: Pick<Order, "apple" | "type">): Weight | undefined {
  if (isDestructive(order)) return "destructive";
  return order.type === "run_script" ? "script" : undefined;
}

/** What is left to a person: how many devices, besides those that were asked lately, and whether these are among them. */
export interface Allowance {
  readonly left: number;
  readonly suffices: boolean;
}

/** Each device counts once, however often it is asked: bites of ten are ninety devices after nine of them, repetitions none. */
export function allowanceFor(deviceIds: readonly string[], lately: ReadonlySet<string>, limit: number): Allowance {
  const left = Math.max(0, limit - lately.size);
  return { left, suffices: deviceIds.filter((id) => !lately.has(id)).length <= left };
}
