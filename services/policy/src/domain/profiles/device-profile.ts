import { ProfileState } from "@muster/contracts/gen/muster/policy/v1/profile";

/** Where a profile stands on one channel of a device. */
export interface DeviceProfile {
  readonly tenant: string;
  readonly deviceId: string;
  /** The user of the channel; empty for the device's own. */
  readonly userId: string;
  readonly profileId: string;
  readonly identifier: string;
  readonly profileName: string;
  readonly state: ProfileState;
  /** Whether it is to be there, or to be gone. */
  readonly wanted: boolean;
  readonly revision: number;
  /** The generation of the device's enrollment that all this is said of. */
  readonly generation: number;
  /** The command that is to bring it about; the answers to earlier ones say nothing any more. */
  readonly commandId: string;
  /** Why it failed, or why it is sent again. */
  readonly cause: string;
  readonly since: Date;
  /** How often it was sent again by itself, and since when that is counted. */
  readonly repairs: number;
  readonly repairsSince: Date | undefined;
}

/** How a command about a profile ended. */
export interface Outcome {
  readonly kind: "acknowledged" | "failed" | "expired" | "cancelled";
  readonly reason: string;
  readonly at: Date;
}

/** What a device said it has: the PayloadUUID of each profile by its PayloadIdentifier. */
export interface Listed {
  readonly uuids: ReadonlyMap<string, string>;
  readonly at: Date;
}

/** What is decided for a row: where it stands now, or nothing when it need not be held any more. */
export type Decision =
  | { readonly kind: "stands"; readonly row: DeviceProfile; readonly ask: boolean }
  | { readonly kind: "gone"; readonly row: DeviceProfile };

const REPAIRS_A_DAY = 3;
const DAY_MS = 86_400_000;

/** What devices answer when they are to remove a profile that they do not have. */
const NOT_THERE = [/^MDMErrorDomain 12013\b/, /^MDMErrorDomain 12075\b/, /^MDMClientError 89\b/];

/** Asks the device for what is wanted of it, under a new command. */
export const askAgain = (row: DeviceProfile, commandId: string, cause: string, now: Date): Decision => ({
  kind: "stands",
  row: {
    ...row,
    state: row.wanted ? ProfileState.PROFILE_STATE_PENDING : ProfileState.PROFILE_STATE_REMOVING,
    commandId,
    cause,
    since: now,
  },
  ask: true,
});

/** What follows from the end of the command that a row waits for; nothing when it says nothing new. */
export function afterOutcome(row: DeviceProfile, outcome: Outcome, newId: () => string): Decision | undefined {
  const waits = row.state === ProfileState.PROFILE_STATE_PENDING || row.state === ProfileState.PROFILE_STATE_REMOVING;
  if (!waits) return undefined;
  const { at, kind, reason } = outcome;
  switch (kind) {
    case "acknowledged":
      if (!row.wanted) return gone(row, at);
      return stands({ ...row, state: ProfileState.PROFILE_STATE_DELIVERED, cause: "", since: at });
    case "failed":
      if (!row.wanted && NOT_THERE.some((each) => each.test(reason))) return gone(row, at);
      return failed(row, reason, at);
    case "expired":
      return askAgain(row, newId(), "the device did not come for it in time", at);
    case "cancelled":
      // The device left, or enrolled anew: what enrollment tells decides then.
      if (reason === "unenrolled") return undefined;
      // Another command about the same profile took its place.
      if (reason === "superseded") return repair(row, "another command took its place", newId, at);
      return failed(row, "its command was withdrawn", at);
    default:
      return kind satisfies never;
  }
}

/** What follows from what a device says it has. `uuid` is the PayloadUUID that this revision has on devices. */
export function afterList(
  row: DeviceProfile,
  uuid: string,
  { at, uuids }: Listed,
  newId: () => string,
): Decision | undefined {
  const found = uuids.get(row.identifier);
  if (!row.wanted) return found === undefined ? gone(row, at) : undefined;
  if (found?.toUpperCase() === uuid.toUpperCase()) {
    if (row.state === ProfileState.PROFILE_STATE_VERIFIED) return undefined;
    return stands({ ...row, state: ProfileState.PROFILE_STATE_VERIFIED, cause: "", since: at });
  }
  const believed =
    row.state === ProfileState.PROFILE_STATE_DELIVERED || row.state === ProfileState.PROFILE_STATE_VERIFIED;
  // A list from before the device took the profile cannot miss it.
  if (!believed || at <= row.since) return undefined;
  const cause =
    found === undefined ? "it was not on the device any more" : "the device had another profile in its place";
  return repair(row, cause, newId, at);
}

/** Sends it again, a few times a day at most: whoever removes it that often is stronger. */
function repair(row: DeviceProfile, cause: string, newId: () => string, at: Date): Decision {
  const isNewDay = row.repairsSince === undefined || at.getTime() - row.repairsSince.getTime() >= DAY_MS;
  const repairs = isNewDay ? 0 : row.repairs;
  if (repairs >= REPAIRS_A_DAY)
    return failed(row, `${cause}, and ${REPAIRS_A_DAY} repairs within a day did not help`, at);
  const counted = { ...row, repairs: repairs + 1, repairsSince: isNewDay ? at : row.repairsSince };
  return askAgain(counted, newId(), cause, at);
}

const failed = (row: DeviceProfile, cause: string, at: Date): Decision =>
  stands({ ...row, state: ProfileState.PROFILE_STATE_FAILED, cause, since: at });

const stands = (row: DeviceProfile): Decision => ({ kind: "stands", row, ask: false });

/** It is on the device no more, or another is there in its place. */
export const gone = (row: DeviceProfile, at: Date): Decision => ({
  kind: "gone",
  row: { ...row, state: ProfileState.PROFILE_STATE_REMOVED, cause: "", since: at },
});
