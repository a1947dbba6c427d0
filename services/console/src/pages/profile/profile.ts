import type { Selection } from "../../api/types.ts";
import type { Choice } from "../../parts/fields.tsx";

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

export const PROFILE_STATE = "PROFILE_STATE_";

/** The platforms that profiles and declarations are for. */
export const APPLE_PLATFORMS: readonly Choice[] = [
  ["PLATFORM_MACOS", "macOS"],
  ["PLATFORM_IOS", "iOS"],
  ["PLATFORM_IPADOS", "iPadOS"],
  ["PLATFORM_TVOS", "tvOS"],
  ["PLATFORM_VISIONOS", "visionOS"],
  ["PLATFORM_WATCHOS", "watchOS"],
];
