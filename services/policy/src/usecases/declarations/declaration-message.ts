import type { Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type {
  Declaration,
  DeclarationReason,
  DeviceDeclaration,
  SoftwareUpdateStatus,
} from "@muster/contracts/gen/muster/policy/v1/declaration";
import { findingsIn } from "../../domain/declarations/check-declaration.ts";
import { isRecord, type Payload } from "../../domain/declarations/payload-key.ts";
import type { HeldDeclaration } from "../../storage/declarations/declarations.ts";
import type { DeviceDeclarationRow, StateCounts } from "../../storage/declarations/device-declarations.ts";

export const declarationOf = (held: HeldDeclaration, counts: StateCounts): Declaration => ({
  id: held.id,
  name: held.name,
  description: held.description,
  identifier: held.identifier,
  type: held.type,
  payload: held.payload,
  softwareUpdate: undefined,
  statusItems: [],
  content: Buffer.alloc(0),
  contentType: held.contentType,
  contentSha256: held.contentSha256,
  selection: held.assigned
    ? {
        deviceIds: [...held.deviceIds],
        labelIds: [...held.labelIds],
        platforms: held.platforms as Platform[],
      }
    : undefined,
  userChannel: held.userChannel,
  predicate: held.predicate,
  enabled: held.enabled,
  warnings: findingsIn(held).warnings,
  revision: held.revision,
  updatedBy: held.updatedBy,
  updatedAt: held.updatedAt,
  counts: { ...counts },
});

export const deviceDeclarationOf = (row: DeviceDeclarationRow): DeviceDeclaration => ({
  deviceId: row.deviceId,
  displayName: row.displayName,
  userId: row.userId,
  declarationId: row.declarationId ?? "",
  name: row.name ?? "",
  identifier: row.identifier,
  type: row.type ?? "",
  state: row.state,
  reasons: (row.reasons ?? []).map(reasonOf),
  reportedAt: row.reportedAt ?? undefined,
  softwareUpdate: row.update === null ? undefined : updateOf(row.update, row.identifier),
});

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const reasonOf = (reason: Payload): DeclarationReason => ({
  code: text(reason["code"]),
  description: text(reason["description"]),
  details: isRecord(reason["details"]) ? { ...reason["details"] } : undefined,
});

/** Nothing when the device says that it is another declaration's update. */
function updateOf(items: Payload, identifier: string): SoftwareUpdateStatus | undefined {
  const part = (name: string): Payload => (isRecord(items[name]) ? items[name] : {});
  const [pending, failure, reason] = [part("pending-version"), part("failure-reason"), part("install-reason")];
  const declared = text(reason["declaration-id"]);
  if (declared !== "" && declared !== identifier) return undefined;
  const count = failure["count"];
  return {
    installState: text(items["install-state"]),
    pendingOsVersion: text(pending["os-version"]),
    pendingBuildVersion: text(pending["build-version"]),
    targetLocalDateTime: text(pending["target-local-date-time"]),
    failureCount: typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : 0,
    failureReason: text(failure["reason"]),
  };
}
