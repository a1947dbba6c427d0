import type { AbmDevice } from "./abm-device.ts";
import { type AssignmentRule, profileByRules } from "./assignment-rule.ts";

/** What Apple answers for one device when a profile is assigned or removed. */
export type AssignmentAnswer = "SUCCESS" | "NOT_ACCESSIBLE" | "FAILED" | "THROTTLED";

/** By whom a device's profile is decided. */
export type ProfileChoice =
  | { readonly by: "rules" }
  /** Somebody chose it for this device; without a profile, that it is to have none. */
  | { readonly by: "hand"; readonly profileId: string | undefined };

/** A device of a server, with what is wanted for it and how far that has come. */
export interface AssignedDevice extends AbmDevice {
  readonly tenant: string;
  readonly serverId: string;
  readonly choice: ProfileChoice;
  readonly answer: AssignmentAnswer | undefined;
  /** How many answers in a row were not a success. */
  readonly failures: number;
  readonly retryAt: Date | undefined;
}

/** The profile that a device is to have; nothing when it is to have none. */
export const wantedProfile = (
  device: AssignedDevice,
  rules: readonly AssignmentRule[],
  defaultProfileId: string | undefined,
): string | undefined =>
  device.choice.by === "hand" ? device.choice.profileId : profileByRules(device, rules, defaultProfileId);

const HAS_PROFILE = new Set(["assigned", "pushed"]);

/** Whether Apple holds what is wanted: the profile with this UUID, or none. */
export const isAsWanted = ({ profileStatus, profileUuid }: AbmDevice, uuid: string | undefined): boolean =>
  uuid === undefined ? !HAS_PROFILE.has(profileStatus) : HAS_PROFILE.has(profileStatus) && profileUuid === uuid;

/** What is to be told to Apple. */
export interface Order {
  /** The UUID of the profile at Apple; nothing takes away what the devices have. */
  readonly profileUuid: string | undefined;
  readonly serialNumbers: readonly string[];
}

/** How many devices one request may name. */
const MOST_DEVICES = 1_000;

interface Wish {
  readonly device: AssignedDevice;
  readonly profileId: string | undefined;
}

/**
 * What is to be told to Apple now. A profile that nobody assigned here stays: only what somebody, or a rule, gives a device is
 * ever taken from it, and only one of our own profiles.
 */
export function ordersFor(
  wishes: readonly Wish[],
  uuids: ReadonlyMap<string, string>,
  known: ReadonlySet<string>,
  now: Date,
): Order[] {
  const due = wishes.filter(({ device, profileId }) => {
    if (device.retryAt !== undefined && device.retryAt > now) return false;
    if (profileId === undefined)
      return !isAsWanted(device, undefined) && (device.choice.by === "hand" || known.has(device.profileUuid));
    const uuid = uuids.get(profileId);
    return uuid !== undefined && !isAsWanted(device, uuid);
  });
  const byProfile = Map.groupBy(due, ({ profileId }) => profileId);
  return [...byProfile].flatMap(([profileId, of]) => {
    const serials = of.map(({ device }) => device.serialNumber);
    const profileUuid = profileId === undefined ? undefined : uuids.get(profileId);
    return chunks(serials, MOST_DEVICES).map((serialNumbers) => ({ profileUuid, serialNumbers }));
  });
}

const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));

const FIRST_RETRY_MS = 10 * 60_000;
const LONGEST_RETRY_MS = 24 * 3_600_000;

/**
 * When a device is tried again that Apple did not take: after the time that Apple names, else ever later, at the end once a day.
 * @param chance from 0 to 1
 */
export function retryAssignment(failures: number, retryAfterMs: number | undefined, now: Date, chance: number): Date {
  const wait = retryAfterMs ?? Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS);
  return new Date(now.getTime() + wait * (1 + chance / 4));
}
