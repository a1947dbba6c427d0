import type { Selection } from "../../api/types.ts";
import type { Part } from "../../parts/share.tsx";
import { platformChoices } from "../../words/names.ts";

export interface Finding {
  readonly path: string;
  readonly message: string;
}

/** A configuration profile for Apple's devices. */
export interface Profile {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly identifier: string;
  readonly payloadTypes: readonly string[];
  readonly variables: readonly string[];
  readonly warnings: readonly Finding[];
  readonly signer: string;
  readonly revision: number;
  readonly selection?: Selection;
  readonly userChannel: boolean;
  readonly updatedBy: string;
  readonly updatedAt?: string;
  readonly counts?: Readonly<Record<"pending" | "delivered" | "verified" | "failed" | "removing", number>>;
}

/** How one profile stands on one device, or for one of its users. */
export interface DeviceProfile {
  readonly deviceId: string;
  readonly displayName: string;
  readonly userId: string;
  readonly profileId: string;
  readonly profileName: string;
  readonly revision: number;
  readonly state: string;
  readonly cause: string;
  readonly since?: string;
}

/** On how many devices it stands how, as a bar shows it. */
export const partsOf = ({ counts }: Profile): readonly Part[] => [
  ["ok", counts?.verified ?? 0],
  ["info", counts?.delivered ?? 0],
  ["bad", counts?.failed ?? 0],
  ["rest", (counts?.pending ?? 0) + (counts?.removing ?? 0)],
];

export const PROFILE_STATE = "PROFILE_STATE_";

/** The platforms that profiles and declarations are for. */
export const APPLE_PLATFORMS = platformChoices("MACOS", "IOS", "IPADOS", "TVOS", "VISIONOS", "WATCHOS");
