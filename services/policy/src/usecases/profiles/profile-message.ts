import type { Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { Profile } from "@muster/contracts/gen/muster/policy/v1/profile";
import type { DeviceProfile as DeviceProfileMessage } from "@muster/contracts/gen/muster/policy/v1/profile_service";
import type { ListedProfile } from "../../storage/profile-lists.ts";
import type { ProfileBrief, ProfileTally } from "../../storage/profiles.ts";

const NO_CONTENT: Buffer = Buffer.alloc(0);

/** A profile as it is told; with its content only when it is given. */
export const profileOf = (profile: ProfileBrief, counts: ProfileTally, content = NO_CONTENT): Profile => ({
  id: profile.id,
  name: profile.name,
  description: profile.description,
  content,
  identifier: profile.identifier,
  payloadTypes: [...profile.payloadTypes],
  revision: profile.revision,
  version: profile.version,
  selection: {
    deviceIds: [...profile.deviceIds],
    labelIds: [...profile.labelIds],
    platforms: profile.platforms as Platform[],
  },
  userChannel: profile.userChannel,
  updatedBy: profile.updatedBy,
  updatedAt: profile.updatedAt,
  counts,
  signer: profile.signer,
  warnings: [...profile.warnings],
  variables: [...profile.variables],
  createdAt: profile.createdAt,
});

export const deviceProfileMessage = ({ displayName, row }: ListedProfile): DeviceProfileMessage => ({
  deviceId: row.deviceId,
  displayName,
  userId: row.userId,
  profileId: row.profileId,
  profileName: row.profileName,
  identifier: row.identifier,
  revision: row.revision,
  state: row.state,
  cause: row.cause,
  commandId: row.commandId,
  since: row.since,
});
