import type { PlistDict } from "@muster/apple-protocol/plist/value";
import type { Profile } from "@muster/contracts/gen/muster/policy/v1/profile";
import { selected } from "../policy.ts";
import { refuse } from "../refusals.ts";
import { type Checked, checkProfile } from "./check-profile.ts";
import { readMobileconfig } from "./mobileconfig.ts";

/** What a person decides about a profile beside its content. */
export interface ProfileDraft {
  readonly name: string;
  readonly description: string;
  readonly deviceIds: readonly string[];
  readonly labelIds: readonly string[];
  readonly platforms: readonly string[];
  readonly userChannel: boolean;
}

const MAX_NAME = 200;
const MAX_DESCRIPTION = 10_000;

/** What was asked for; refused with the first thing that is wrong. */
export function profileDraft(asked: Profile | undefined): ProfileDraft {
  if (asked === undefined) throw refuse("profile.missing", "the request carries no profile");
  const name = asked.name.trim();
  if (name === "") throw refuse("profile.bad_name", "name is empty");
  if (name.length > MAX_NAME) throw refuse("profile.too_long", `name is longer than ${MAX_NAME} characters`);
  if (asked.description.length > MAX_DESCRIPTION)
    throw refuse("profile.too_long", `description is longer than ${MAX_DESCRIPTION} characters`);
  return {
    name,
    description: asked.description,
    ...selected(asked.selection),
    userChannel: asked.userChannel,
  };
}

/** A content as it was looked at. */
export interface ReadContent extends Checked {
  /** The profile itself; nothing when it cannot be read. */
  readonly profile: PlistDict | undefined;
  readonly signer: string;
}

/** Reads a content and finds all that is wrong with it. */
export function readContent(
  content: Uint8Array,
  purpose: { readonly userChannel: boolean; readonly platforms: readonly string[] },
): ReadContent {
  const read = readMobileconfig(content);
  if (typeof read !== "string") return { ...checkProfile(read.profile, purpose), ...read };
  const problems = [{ path: "", message: read }];
  return { problems, warnings: [], identifier: "", payloadTypes: [], variables: [], profile: undefined, signer: "" };
}

const MOST_PROBLEMS = 50;

/** The profile, when nothing is wrong with it; refused with everything that is. */
export function acceptable({ problems, profile, ...about }: ReadContent): Omit<ReadContent, "problems" | "profile"> & {
  readonly profile: PlistDict;
} {
  if (problems.length === 0 && profile !== undefined) return { ...about, profile };
  const told = problems.slice(0, MOST_PROBLEMS).map(({ message, path }) => `${path} ${message}`.trim());
  const more = problems.length - told.length;
  throw refuse("profile.invalid", `${told.join("; ")}${more > 0 ? `; and ${more} more` : ""}`);
}
