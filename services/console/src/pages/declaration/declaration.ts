import type { Schema } from "@muster/api-client/call";
import type { Part } from "../../parts/share.tsx";

/** What a device of Apple's keeps to by itself. */
export type Declaration = Schema<"policy.Declaration">;

/** How one declaration stands on one device, or for one of its users. */
export type DeviceDeclaration = Schema<"policy.DeviceDeclaration">;

/** On how many devices it stands how, as a bar shows it. */
export const partsOf = ({ counts }: Declaration): readonly Part[] => [
  ["ok", counts?.active ?? 0],
  ["bad", counts?.invalid ?? 0],
  ["rest", (counts?.pending ?? 0) + (counts?.inactive ?? 0)],
];

export const DECLARATION_STATE = "DECLARATION_STATE_";

/** Why a declaration is not in effect, or how far an update is. */
export const reasonOf = ({ reasons, softwareUpdate }: DeviceDeclaration): string =>
  [
    ...reasons.map(({ code, description }) => description || code),
    softwareUpdate?.failureReason || softwareUpdate?.installState || "",
  ]
    .filter((word) => word !== "")
    .join("; ");
