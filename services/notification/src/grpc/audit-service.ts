import { AuditKey, AuditOutcome, type AuditRecord } from "@muster/contracts/gen/muster/notification/v1/audit";
import type {
  AuditServiceServer,
  ExportAuditResponse,
  ListAuditRecordsRequest,
} from "@muster/contracts/gen/muster/notification/v1/audit_service";
import type { Methods } from "@muster/rpc/server";
import { refuse } from "../domain/refusals.ts";
import { likePatternOf } from "../domain/type-pattern.ts";
import { type AuditFilter, findRecord, listRecords, type StoredRecord } from "../storage/audit-lists.ts";
import { type ExportItem, exportAudit, type Proof, prover } from "../usecases/export-audit.ts";
import type { AuditReadDeps } from "../usecases/read-audit-chain.ts";
import { verifyAudit } from "../usecases/verify-audit.ts";

export const auditMethods = (deps: AuditReadDeps): Methods<AuditServiceServer> => ({
  listAuditRecords: async (request, { tenant }) => {
    const { rows, nextPageToken } = await deps.database.tenant(tenant, ({ sql }) =>
      listRecords(sql, tenant, filterOf(request), request),
    );
    return { records: rows.map(recordOf), nextPageToken };
  },
  getAuditRecord: async ({ number }, { tenant }) => {
    const record = await deps.database.tenant(tenant, ({ sql }) => findRecord(sql, tenant, number));
    if (record === undefined) {
      throw refuse("audit.record_unknown", `there is no audit record ${number}: not yet, or no more`);
    }
    return { tenantId: tenant, record: recordOf(record), proof: proofOf(await prover(deps, tenant)(number)) };
  },
  verifyAudit: async function* (_request, { tenant }, signal) {
    for await (const progress of verifyAudit(deps, tenant)) {
      yield progress;
      if (signal.aborted) return;
    }
  },
  exportAudit: async function* ({ hashesOnly, ...request }, { tenant }, signal) {
    for await (const item of exportAudit(deps, tenant, filterOf(request))) {
      yield responseOf(item, tenant, hashesOnly);
      if (signal.aborted) return;
    }
  },
  listAuditKeys: async () => ({ keys: deps.keys.keys.map((key) => AuditKey.fromJSON(key)) }),
});

type Filters = Omit<ListAuditRecordsRequest, "pageSize" | "pageToken">;

const filterOf = ({ actor, action, deviceId, outcome, types, since, until }: Filters): AuditFilter => ({
  actor,
  action,
  deviceId,
  outcome: outcome === AuditOutcome.AUDIT_OUTCOME_UNSPECIFIED ? "" : outcome,
  typePatterns: types.map(likePatternOf),
  since,
  until,
});

const recordOf = (record: StoredRecord): AuditRecord => ({
  ...record,
  outcome: record.outcome === "" ? AuditOutcome.AUDIT_OUTCOME_UNSPECIFIED : (record.outcome as AuditOutcome),
});

const proofOf = (proof: Proof | undefined) => proof && { ...proof, path: [...proof.path] };

function responseOf(item: ExportItem, tenantId: string, hashesOnly: boolean): ExportAuditResponse {
  switch (item.kind) {
    case "begin":
      return { item: { $case: "begin", value: { tenantId, complete: item.complete, beginsAfter: item.beginsAfter } } };
    case "record": {
      const record = recordOf(item.record);
      const shown = hashesOnly ? { ...record, content: "" } : record;
      return { item: { $case: "record", value: { record: shown, proof: proofOf(item.proof) } } };
    }
    case "checkpoint":
      return { item: { $case: "checkpoint", value: item.checkpoint } };
    case "end":
      return { item: { $case: "end", value: { records: item.records } } };
  }
}
