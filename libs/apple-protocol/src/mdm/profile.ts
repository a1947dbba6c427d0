import { type WritableDict, writePlist } from "../plist/write-plist.ts";
import { type PayloadHead, payload } from "./payload.ts";

/** The kinds of devices that a profile may be for, by Apple's numbers. */
const TARGETS = { any: 0, phone: 1, watch: 2, homePod: 3, tv: 4, mac: 5, vision: 6 } as const;

export interface Profile extends PayloadHead {
  readonly payloads: readonly WritableDict[];
  /** Whether it is for the device, or for the user that installs it; a Mac takes it for the user when it is not said. */
  readonly scope?: "System" | "User";
  readonly isRemovalDisallowed?: boolean;
  /** What the person has to agree to, by language; `default` is for every other one. */
  readonly consent?: Readonly<Record<string, string>>;
  readonly target?: keyof typeof TARGETS;
}

/** How a profile is served over HTTP, signed or not. */
export const PROFILE_TYPE = "application/x-apple-aspen-config";

/** A configuration profile (TopLevel of Apple's profile schema), not signed. */
export const writeProfile = (profile: Profile): Buffer =>
  writePlist(
    payload("Configuration", profile, {
      PayloadScope: profile.scope,
      PayloadRemovalDisallowed: profile.isRemovalDisallowed,
      ConsentText: profile.consent,
      TargetDeviceType: profile.target === undefined ? undefined : TARGETS[profile.target],
      PayloadContent: profile.payloads,
    }),
  );
