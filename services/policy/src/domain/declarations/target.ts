import { type ApplePlatform, factsOf } from "./catalogue.ts";

/** What of a channel decides on which declarations it can take. */
export interface Target {
  readonly platform: ApplePlatform;
  readonly osVersion: string;
  readonly supervised: boolean;
  readonly personal: boolean;
  /** Whether it is a user's channel. */
  readonly user: boolean;
  /** The Types that the device says it takes; unset before it said so. */
  readonly supported: readonly string[] | undefined;
}

/** Whether a version such as 17.4.1 is as new as another. */
export function isAtLeast(version: string, least: string): boolean {
  const [one, other] = [version, least].map((text) => text.split(".").map((part) => Number.parseInt(part, 10) || 0));
  for (const [index, part] of (other ?? []).entries()) {
    const difference = (one?.[index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** Whether a device takes declarations of this Type. What Apple brought after this was written, the device itself knows. */
export function takes({ osVersion, platform, supervised, supported, user }: Target, type: string): boolean {
  if (supported !== undefined && supported.length > 0 && !supported.includes(type)) return false;
  const facts = factsOf(type);
  if (facts === undefined) return true;
  const since = facts.since[platform];
  if (since === undefined || !isAtLeast(osVersion, since)) return false;
  return (facts.supervised !== true || supervised) && (!user || facts.users === true);
}

/** Whether a device can be under declarative management at all. */
export const isDeclarative = (target: Omit<Target, "user" | "supported">): boolean =>
  takes({ ...target, user: false, supported: undefined }, "com.apple.activation.simple");
