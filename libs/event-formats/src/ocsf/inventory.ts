import {
  DeviceInventoryInfo,
  EntityManagement,
  LiveEvidenceInfo,
  type OcsfType,
  ScanActivity,
  SoftwareInventoryInfo,
} from "./classes.ts";
import type { MappingsOf } from "./mapping.ts";
import { deviceEntity, userOf } from "./objects.ts";

const LIVE_QUERY_END: Readonly<Record<string, OcsfType>> = {
  stopped: ScanActivity.Cancelled,
  expired: ScanActivity["Duration Violation"],
};

export const inventory: MappingsOf<"inventory"> = {
  "muster.inventory.v1.DeviceFactsChanged": {
    kinds: [DeviceInventoryInfo.Collect],
    mapped: ["deviceId"],
    tell: () => ({ kind: DeviceInventoryInfo.Collect, attributes: {} }),
  },
  // An SBOM would say what is there; the event says what came and went, which no class has attributes for.
  "muster.inventory.v1.SoftwareChanged": {
    kinds: [SoftwareInventoryInfo.Collect],
    mapped: ["deviceId"],
    tell: () => ({ kind: SoftwareInventoryInfo.Collect, attributes: {} }),
  },
  "muster.inventory.v1.LabelMembershipChanged": {
    kinds: [EntityManagement.Update],
    mapped: ["deviceId"],
    tell: (_, event) => ({ kind: EntityManagement.Update, attributes: { entity: deviceEntity(event) } }),
  },
  "muster.inventory.v1.QueryAnswered": {
    kinds: [DeviceInventoryInfo.Collect],
    mapped: ["deviceId", "policyId", "policyRevision", "error"],
    tell: ({ error, policyId, policyRevision }) => ({
      kind: DeviceInventoryInfo.Collect,
      attributes: {
        policy: { uid: policyId, version: String(policyRevision) },
        ...(error !== "" && { status_detail: error }),
      },
    }),
  },
  "muster.inventory.v1.LiveQueryEnded": {
    kinds: [ScanActivity.Completed, ScanActivity.Cancelled, ScanActivity["Duration Violation"]],
    mapped: ["liveQueryId", "targets", "createdBy", "endedAt"],
    tell: ({ createdBy, endedAt, liveQueryId, state, targets }) => ({
      kind: LIVE_QUERY_END[state] ?? ScanActivity.Completed,
      attributes: {
        scan: { uid: liveQueryId, name: "Live query", type_id: 1, type: "Manual" },
        total: targets,
        ...(createdBy !== "" && { actor: { user: userOf(createdBy) } }),
        ...(endedAt !== undefined && { end_time: endedAt.getTime() }),
      },
    }),
  },
  "muster.inventory.v1.CarveCompleted": {
    kinds: [LiveEvidenceInfo.Query],
    mapped: ["deviceId", "carveId", "path", "sizeBytes"],
    tell: ({ carveId, path, sizeBytes }) => ({
      kind: LiveEvidenceInfo.Query,
      attributes: {
        query_info: { uid: carveId, name: "File carve", query_string: path },
        query_evidence: {
          query_type_id: 2,
          query_type: "File",
          file: { name: path.split(/[\\/]/).at(-1) ?? path, path, size: sizeBytes, type_id: 0, type: "Unknown" },
        },
        query_result_id: 1,
        query_result: "Exists",
      },
    }),
  },
};
