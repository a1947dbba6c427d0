import { setTimeout as delay } from "node:timers/promises";
import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import { removeOldestParts } from "../storage/audit-prune.ts";
import type { NotificationTables } from "../storage/tables.ts";

const PAUSE_MS = 3600_000;

export interface AuditPruneDeps {
  readonly database: ServiceDatabase<NotificationTables>;
  readonly now: () => Date;
  readonly keepDays: number;
}

/** Removes what is older than the days that audit records are kept, up to a checkpoint, and tells of it. */
export async function pruneAudit({ database, now, keepDays }: AuditPruneDeps, signal: AbortSignal): Promise<void> {
  const olderThan = new Date(now().getTime() - keepDays * 86_400_000);
  const removeOnce = () =>
    database.system(async (work) => {
      const parts = await removeOldestParts(work.sql, olderThan);
      for (const { tenant, through, hash } of parts) {
        work.emit({
          type: "muster.notification.v1.AuditRecordsRemoved",
          tenant,
          data: { through, hash, removedAt: now() },
        });
      }
      return parts.length;
    });
  while (!signal.aborted && (await removeOnce()) > 0);
}

/** Prunes each hour until the service stops. */
export function startPruningAudit(deps: AuditPruneDeps, log: Logger, lifecycle: Lifecycle): void {
  const stop = new AbortController();
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        await pruneAudit(deps, stop.signal);
      } catch (error) {
        log.warn({ err: error }, "old audit records could not be removed and will be tried again");
      }
      await delay(PAUSE_MS * (0.75 + Math.random() / 2), undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  const running = run();
  lifecycle.add("audit pruning", () => {
    stop.abort();
    return running;
  });
}
