import type { LiveQuery } from "@muster/contracts/gen/muster/inventory/v1/live_query_service";
import type { Selection } from "../domain/selection.ts";
import type { InventoryWork } from "./schema.ts";

export interface LiveQueryRow {
  tenant: string;
  id: string;
  sql: string;
  selection: Selection;
  state: "running" | "completed" | "stopped" | "expired";
  targets: string;
  answered: string;
  failed: string;
  created_by: string;
  created_at: Date;
  expires_at: Date;
  ended_at: Date | null;
}

export const liveQueryOf = (row: LiveQueryRow): LiveQuery => ({
  id: row.id,
  sql: row.sql,
  selection: {
    deviceIds: [...row.selection.deviceIds],
    labelIds: [...row.selection.labelIds],
    platforms: [...row.selection.platforms],
  },
  state: row.state,
  targets: Number(row.targets),
  answered: Number(row.answered),
  failed: Number(row.failed),
  createdBy: row.created_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  endedAt: row.ended_at ?? undefined,
});

export function emitLiveQueryEnded(work: InventoryWork, row: LiveQueryRow, actor?: string): void {
  work.emit({
    type: "muster.inventory.v1.LiveQueryEnded",
    tenant: row.tenant,
    ...(actor !== undefined && { actor }),
    data: {
      liveQueryId: row.id,
      sql: row.sql,
      state: row.state,
      targets: Number(row.targets),
      answered: Number(row.answered),
      failed: Number(row.failed),
      createdBy: row.created_by,
      endedAt: row.ended_at ?? undefined,
    },
  });
}
