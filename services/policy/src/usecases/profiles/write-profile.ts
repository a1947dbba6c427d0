import { createHash } from "node:crypto";
import type { Profile } from "@muster/contracts/gen/muster/policy/v1/profile";
import { expectRevision } from "@muster/host/revision";
import type { Caller } from "@muster/rpc/caller";
import { writeMobileconfig } from "../../domain/profiles/mobileconfig.ts";
import { acceptable, profileDraft, readContent } from "../../domain/profiles/profile-draft.ts";
import { refuse } from "../../domain/refusals.ts";
import { deleteProfile, findProfile, type HeldProfile, listProfiles, saveProfile } from "../../storage/profiles.ts";
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
    const profile = newProfile(deps, { draft, id, read, actor: caller.actor, tenant, now: deps.now() });
    return deps.changes.tenant(tenant, async (work) => {
      await saveProfile(work.sql, tenant, profile);
      await refitProfiles(work, deps, { tenant, profileId: id });
      return profile;
    });
  };

/** Replaces a profile. Another content goes to every device that has it; without a content the one that is held stays. */
export const updateProfile =
  (deps: ProfileDeps) =>
  (caller: Caller, id: string, asked: Profile | undefined, expected: readonly number[]): Promise<HeldProfile> => {
    const { tenant } = caller;
    const draft = profileDraft(asked);
    return deps.changes.tenant(tenant, async (work) => {
      const before = await findProfile(work.sql, tenant, id);
      expectRevision({ revision: before.version }, expected);
      const read = acceptable(readContent(contentFor(deps, tenant, asked, before), draft));
      const profile = replaced(deps, { before, draft, read, actor: caller.actor, tenant, now: deps.now() });
      await saveProfile(work.sql, tenant, profile);
      await refitProfiles(work, deps, { tenant, profileId: id });
      return profile;
    });
  };

/** A profile as it would be kept in place of the one with the id, or as a new one when it is empty; nothing is changed. */
export const checkProfile =
  (deps: ProfileDeps) =>
  ({ actor, tenant }: Caller, id: string, asked: Profile | undefined): Promise<HeldProfile> => {
    const draft = profileDraft(asked);
    return deps.database.tenant(tenant, async ({ sql }) => {
      const before = id === "" ? undefined : await findProfile(sql, tenant, id);
      const read = readContent(contentFor(deps, tenant, asked, before), draft);
      const taken = (await listProfiles(sql, tenant)).find(
        (each) => each.id !== id && each.identifier === read.identifier,
      );
      if (taken !== undefined)
        throw refuse("profile.identifier_taken", `${taken.name} has the PayloadIdentifier ${read.identifier}`);
      const now = deps.now();
      return before === undefined
        ? newProfile(deps, { draft, id: deps.newId(), read: acceptable(read), actor, tenant, now })
        : replaced(deps, { before, draft, read: acceptable(read), actor, tenant, now });
    });
  };

/** Removes a profile, and asks the devices that have it to do the same. */
export const removeProfile =
  (deps: ProfileDeps) =>
  (caller: Caller, id: string, expected: readonly number[]): Promise<void> =>
    deps.changes.tenant(caller.tenant, async (work) => {
      const { version } = await findProfile(work.sql, caller.tenant, id);
      expectRevision({ revision: version }, expected);
      await deleteProfile(work.sql, caller.tenant, id);
      await refitProfiles(work, deps, { tenant: caller.tenant, profileId: id });
    });

interface Writing {
  readonly draft: ReturnType<typeof profileDraft>;
  readonly read: ReturnType<typeof acceptable>;
  readonly actor: string;
  readonly tenant: string;
  readonly now: Date;
}

function newProfile(
  deps: ProfileDeps,
  { draft, id, read, actor, tenant, now }: Writing & { readonly id: string },
): HeldProfile {
  const stored = storedContent(deps, tenant, id, read);
  return { ...draft, ...stored, id, revision: 1, version: 1, updatedBy: actor, createdAt: now, updatedAt: now };
}

function replaced(
  deps: ProfileDeps,
  { before, draft, read, actor, tenant, now }: Writing & { readonly before: HeldProfile },
): HeldProfile {
  if (read.identifier !== before.identifier)
    throw refuse(
      "profile.identifier_changed",
      `the PayloadIdentifier is ${before.identifier} and stays so; make a new profile for ${read.identifier}`,
    );
  const stored = storedContent(deps, tenant, before.id, read);
  const isSame = stored.digest.equals(before.digest);
  return {
    ...before,
    ...draft,
    ...(isSame ? { warnings: read.warnings } : stored),
    revision: isSame ? before.revision : before.revision + 1,
    version: before.version + 1,
    updatedBy: actor,
    updatedAt: now,
  };
}

/** The content that was given, or else the one that is held. */
function contentFor(
  { content }: ProfileDeps,
  tenant: string,
  asked: Profile | undefined,
  before: HeldProfile | undefined,
): Buffer {
  if (asked !== undefined && asked.content.length > 0) return asked.content;
  return before === undefined ? Buffer.alloc(0) : content.open(tenant, before.id, before.sealed);
}

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
