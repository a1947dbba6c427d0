import { createHash } from "node:crypto";
import type { Profile } from "@muster/contracts/gen/muster/policy/v1/profile";
import type { Caller } from "@muster/rpc/caller";
import { writeMobileconfig } from "../../domain/profiles/mobileconfig.ts";
import { acceptable, profileDraft, readContent } from "../../domain/profiles/profile-draft.ts";
import { refuse } from "../../domain/refusals.ts";
import { deleteProfile, findProfile, type HeldProfile, saveProfile } from "../../storage/profiles.ts";
import { holdPolicies } from "../../storage/tenant-lock.ts";
import type { WriteDeps } from "../write-policy.ts";
import type { ContentSeal } from "./content-seal.ts";
import { refitProfiles } from "./refit-profiles.ts";

export interface ProfileDeps extends WriteDeps {
  readonly content: ContentSeal;
}

/** Makes a profile, and sends it on its way to the devices it is for. */
export const createProfile =
  (deps: ProfileDeps) =>
  (caller: Caller, asked: Profile | undefined): Promise<HeldProfile> => {
    const { tenant } = caller;
    const draft = profileDraft(asked);
    const read = acceptable(readContent(asked?.content ?? Buffer.alloc(0), draft));
    const id = deps.newId();
    const now = deps.now();
    const profile: HeldProfile = {
      ...draft,
      ...storedContent(deps, tenant, id, read),
      id,
      revision: 1,
      updatedBy: caller.actor,
      createdAt: now,
      updatedAt: now,
    };
    return deps.database.tenant(tenant, async (work) => {
      await holdPolicies(work.sql, tenant);
      await saveProfile(work.sql, tenant, profile);
      await refitProfiles(work, deps, { tenant, profileId: id });
      return profile;
    });
  };

/** Replaces a profile. Another content goes to every device that has it; without a content the one that is held stays. */
export const updateProfile =
  (deps: ProfileDeps) =>
  (caller: Caller, id: string, asked: Profile | undefined): Promise<HeldProfile> => {
    const { tenant } = caller;
    const draft = profileDraft(asked);
    return deps.database.tenant(tenant, async (work) => {
      await holdPolicies(work.sql, tenant);
      const before = await findProfile(work.sql, tenant, id);
      const given = asked?.content.length ? asked.content : deps.content.open(tenant, id, before.sealed);
      const read = acceptable(readContent(given, draft));
      if (read.identifier !== before.identifier)
        throw refuse(
          "profile.identifier_changed",
          `the PayloadIdentifier is ${before.identifier} and stays so; make a new profile for ${read.identifier}`,
        );
      const stored = storedContent(deps, tenant, id, read);
      const isSame = stored.digest.equals(before.digest);
      const profile: HeldProfile = {
        ...before,
        ...draft,
        ...(isSame ? { warnings: read.warnings } : stored),
        revision: isSame ? before.revision : before.revision + 1,
        updatedBy: caller.actor,
        updatedAt: deps.now(),
      };
      await saveProfile(work.sql, tenant, profile);
      await refitProfiles(work, deps, { tenant, profileId: id });
      return profile;
    });
  };

/** Removes a profile, and asks the devices that have it to do the same. */
export const removeProfile =
  (deps: ProfileDeps) =>
  (caller: Caller, id: string): Promise<void> =>
    deps.database.tenant(caller.tenant, async (work) => {
      await holdPolicies(work.sql, caller.tenant);
      await findProfile(work.sql, caller.tenant, id);
      await deleteProfile(work.sql, caller.tenant, id);
      await refitProfiles(work, deps, { tenant: caller.tenant, profileId: id });
    });

/** The content as it is kept: one form of it, whatever it was given in. */
function storedContent(
  { content }: ProfileDeps,
  tenant: string,
  id: string,
  { identifier, payloadTypes, profile, signer, variables, warnings }: ReturnType<typeof acceptable>,
) {
  const plain = writeMobileconfig(profile);
  if (plain === undefined)
    throw refuse("profile.invalid", "a text in the profile holds characters that XML cannot carry: take them out");
  const digest = createHash("sha256").update(plain).digest();
  return { identifier, payloadTypes, signer, variables, warnings, digest, sealed: content.seal(tenant, id, plain) };
}
