import type { ProfileServiceServer } from "@muster/contracts/gen/muster/policy/v1/profile_service";
import type { Methods } from "@muster/rpc/server";
import { selected } from "../domain/policy.ts";
import { readContent } from "../domain/profiles/profile-draft.ts";
import { refuse } from "../domain/refusals.ts";
import { listDevicesOf, listProfilesOf } from "../storage/profile-lists.ts";
import { findProfile, type HeldProfile, listProfiles, tallyProfiles } from "../storage/profiles.ts";
import { deviceProfileMessage, profileOf } from "../usecases/profiles/profile-message.ts";
import { resendProfile } from "../usecases/profiles/resend-profile.ts";
import {
  checkProfile,
  createProfile,
  type ProfileDeps,
  removeProfile,
  updateProfile,
} from "../usecases/profiles/write-profile.ts";

export function profileMethods(deps: ProfileDeps): Methods<ProfileServiceServer> {
  const { content, database } = deps;
  const [create, update, remove] = [createProfile(deps), updateProfile(deps), removeProfile(deps)];
  const check = checkProfile(deps);
  const resend = resendProfile(deps);
  const counted = (tenant: string, profile: HeldProfile, plain?: Buffer) =>
    database.tenant(tenant, async ({ sql }) =>
      profileOf(profile, (await tallyProfiles(sql, tenant, [profile.id]))(profile.id), plain),
    );
  const find = (tenant: string, id: string) => database.tenant(tenant, ({ sql }) => findProfile(sql, tenant, id));
  return {
    createProfile: async ({ profile }, caller) => ({
      profile: await counted(caller.tenant, await create(caller, profile)),
    }),
    updateProfile: async ({ id, profile, expectedRevisions }, caller) => ({
      profile: await counted(caller.tenant, await update(caller, id, profile, expectedRevisions)),
    }),
    checkProfile: async ({ id, profile }, caller) => ({
      profile: await counted(caller.tenant, await check(caller, id, profile)),
    }),
    deleteProfile: async ({ id, expectedRevisions }, caller) => {
      await remove(caller, id, expectedRevisions);
      return {};
    },
    getProfile: async ({ id }, { tenant }) => ({ profile: await counted(tenant, await find(tenant, id)) }),
    getProfileContent: async ({ id }, { tenant }) => {
      const profile = await find(tenant, id);
      return { profile: await counted(tenant, profile, content.open(tenant, id, profile.sealed)) };
    },
    listProfiles: (_request, { tenant }) =>
      database.tenant(tenant, async ({ sql }) => {
        const profiles = await listProfiles(sql, tenant);
        const counts = await tallyProfiles(
          sql,
          tenant,
          profiles.map(({ id }) => id),
        );
        return { profiles: profiles.map((profile) => profileOf(profile, counts(profile.id))) };
      }),
    validateProfile: async ({ profile }) => {
      if (profile === undefined) throw refuse("profile.missing", "the request carries no profile");
      const { userChannel } = profile;
      const { profile: _, ...said } = readContent(profile.content, { ...selected(profile.selection), userChannel });
      const { problems, warnings, payloadTypes, variables, ...names } = said;
      return {
        ...names,
        problems: [...problems],
        warnings: [...warnings],
        payloadTypes: [...payloadTypes],
        variables: [...variables],
      };
    },
    listProfileDevices: async (request, { tenant }) => {
      // A profile that is deleted here may still be on devices.
      const page = await database.tenant(tenant, ({ sql }) => listDevicesOf(sql, tenant, request));
      return { profiles: page.profiles.map(deviceProfileMessage), nextPageToken: page.nextPageToken };
    },
    listDeviceProfiles: async ({ deviceId }, { tenant }) => {
      const profiles = await database.tenant(tenant, ({ sql }) => listProfilesOf(sql, tenant, deviceId));
      return { profiles: profiles.map(deviceProfileMessage) };
    },
    resendProfile: async ({ deviceIds, id }, caller) => ({ resent: await resend(caller, id, deviceIds) }),
  };
}
