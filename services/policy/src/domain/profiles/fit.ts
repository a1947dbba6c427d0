import { ProfileState } from "@muster/contracts/gen/muster/policy/v1/profile";
import type { Decision, DeviceProfile } from "./device-profile.ts";
import { askAgain, gone } from "./device-profile.ts";

/** What a channel of a device is to have of a profile. */
export interface Wanted {
  readonly profileName: string;
  readonly identifier: string;
  readonly revision: number;
}

/** One profile on one channel of a device, where what is held is not what is wanted. */
export interface Misfit {
  readonly tenant: string;
  readonly deviceId: string;
  readonly userId: string;
  readonly profileId: string;
  readonly held: DeviceProfile | undefined;
  readonly wanted: Wanted | undefined;
  /** The generation of the device's enrollment over Apple's protocol; nothing when that does not reach it any more. */
  readonly generation: number | undefined;
}

/** What becomes of a misfit. */
export function settle(misfit: Misfit, newId: () => string, now: Date): Decision {
  const { deviceId, generation, held, profileId, tenant, userId, wanted } = misfit;
  const lost = generation === undefined || (held !== undefined && held.generation !== generation);
  if (held !== undefined && (generation === undefined || (lost && wanted === undefined)))
    // Who leaves management, or begins it anew, has none of our profiles any more.
    return gone(held, now);
  if (wanted === undefined) {
    if (held === undefined) throw new Error("a misfit is neither held nor wanted");
    return askAgain({ ...held, wanted: false }, newId(), "", now);
  }
  const row: DeviceProfile = {
    tenant,
    deviceId,
    userId,
    profileId,
    ...wanted,
    state: ProfileState.PROFILE_STATE_PENDING,
    wanted: true,
    generation: generation ?? 0,
    commandId: "",
    cause: "",
    since: now,
    repairs: 0,
    repairsSince: undefined,
  };
  return askAgain(row, newId(), "", now);
}
