import type { Selection } from "../../api/types.ts";
import type { Part } from "../../parts/share.tsx";

interface SoftwareUpdate {
  readonly targetOsVersion: string;
  readonly targetBuildVersion: string;
  readonly targetLocalDateTime: string;
  readonly detailsUrl: string;
}

/** What a device of Apple's keeps to by itself. */
export interface Declaration {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly identifier: string;
  readonly type: string;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly softwareUpdate?: SoftwareUpdate;
  readonly statusItems: readonly string[];
  readonly contentType: string;
  readonly contentSha256: string;
  readonly selection?: Selection;
  readonly userChannel: boolean;
  readonly predicate: string;
  readonly enabled: boolean;
  readonly warnings: readonly string[];
  readonly revision: number;
  readonly updatedBy: string;
  readonly updatedAt?: string;
  readonly counts?: Readonly<Record<"pending" | "active" | "inactive" | "invalid", number>>;
}

/** How one declaration stands on one device, or for one of its users. */
export interface DeviceDeclaration {
  readonly deviceId: string;
  readonly displayName: string;
  readonly userId: string;
  readonly declarationId: string;
  readonly name: string;
  readonly identifier: string;
  readonly type: string;
  readonly state: string;
  readonly reasons: readonly { readonly code: string; readonly description: string }[];
  readonly reportedAt?: string;
  readonly softwareUpdate?: { readonly installState: string; readonly failureReason: string };
}

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
