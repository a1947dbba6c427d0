import { readPlist } from "@muster/apple-protocol/plist/read-plist";
import { isDict } from "@muster/apple-protocol/plist/value";
import { writeMobileconfig } from "../../domain/profiles/mobileconfig.ts";
import { revisionUuid } from "../../domain/profiles/revision-uuid.ts";
import { fillVariables } from "../../domain/profiles/variables.ts";
import { refuse } from "../../domain/refusals.ts";
import { findAppleFacts } from "../../storage/apple-devices.ts";
import { findByChannels } from "../../storage/device-profiles.ts";
import { findProfile } from "../../storage/profiles.ts";
import type { ProfileDeps } from "./write-profile.ts";

interface Asked {
  readonly deviceId: string;
  readonly userId: string;
  readonly profileId: string;
}

/** A profile filled for one channel of one device. It is stored nowhere. */
export const renderProfile =
  ({ content, database }: Pick<ProfileDeps, "content" | "database">) =>
  (tenant: string, { deviceId, profileId, userId }: Asked): Promise<{ content: Buffer; revision: number }> =>
    database.tenant(tenant, async ({ sql }) => {
      const held = await findByChannels(sql, [{ tenant, deviceId, userId }]);
      const facts = await findAppleFacts(sql, { tenant, deviceId });
      if (facts === undefined || !held.some((row) => row.profileId === profileId && row.wanted))
        throw refuse("profile.not_for_device", `the profile ${profileId} is not for the device ${deviceId}`);
      const { revision, sealed } = await findProfile(sql, tenant, profileId);
      const template = readPlist(content.open(tenant, profileId, sealed));
      if (!isDict(template)) throw new Error("the stored profile is no dictionary");
      const user = facts.users.find((each) => each.userId === userId);
      const filled = fillVariables(template, { ...facts, deviceId, user });
      if ("unfilled" in filled) {
        const { variable, why } = filled.unfilled;
        throw why === "private"
          ? refuse("profile.variable_private", `$${variable} is not collected of a person's own device`)
          : refuse("profile.variable_unknown", `$${variable} is not known of this device`);
      }
      const rendered = writeMobileconfig({ ...filled.profile, PayloadUUID: revisionUuid(profileId, revision) });
      if (rendered === undefined)
        throw refuse("profile.variable_unknown", "a variable stands here for characters that XML cannot carry");
      return { content: rendered, revision };
    });
