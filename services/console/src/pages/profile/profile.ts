import type { Schema } from "@muster/api-client/call";
import type { Part } from "../../parts/share.tsx";
import { platformChoices } from "../../words/names.ts";

export type Finding = Schema<"policy.ProfileFinding">;

/** A configuration profile for Apple's devices. */
export type Profile = Schema<"policy.Profile">;

/** How one profile stands on one device, or for one of its users. */
export type DeviceProfile = Schema<"policy.DeviceProfile">;

/** On how many devices it stands how, as a bar shows it. */
export const partsOf = ({ counts }: Profile): readonly Part[] => [
  ["ok", counts?.verified ?? 0],
  ["info", counts?.delivered ?? 0],
  ["bad", counts?.failed ?? 0],
  ["rest", (counts?.pending ?? 0) + (counts?.removing ?? 0)],
];

export const PROFILE_STATE = "PROFILE_STATE_";

/** The platforms that profiles and declarations are for. */
export const APPLE_PLATFORMS = platformChoices(
  "PLATFORM_MACOS",
  "PLATFORM_IOS",
  "PLATFORM_IPADOS",
  "PLATFORM_TVOS",
  "PLATFORM_VISIONOS",
  "PLATFORM_WATCHOS",
);
