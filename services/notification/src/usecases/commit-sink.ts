import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Commit } from "../domain/sinks/action.ts";
import { FAILURES_TO_OPEN } from "../domain/sinks/breaker.ts";
import type { Lease } from "../storage/sink-leases.ts";
import { lockSink, writeProgress } from "../storage/sink-progress.ts";
import type { NotificationTables } from "../storage/tables.ts";

export interface CommitDeps {
  readonly database: ServiceDatabase<NotificationTables>;
  readonly now: () => Date;
}

/**
 * Writes how far a sink came, its dead letters and its health, and tells of a sink that fails or recovered; all or
 * nothing. Returns false, and writes nothing, when another worker has the sink by now.
 */
export const commitSink = ({ database, now }: CommitDeps, lease: Lease, commit: Commit): Promise<boolean> =>
  database.tenant(lease.tenant, async (work) => {
    const before = await lockSink(work.sql, lease);
    if (before === undefined) return false;
    const { breaker } = commit;
    const isFailing = before.failing ? breaker.failures > 0 : breaker.failures >= FAILURES_TO_OPEN;
    await writeProgress(work.sql, lease, commit, isFailing, now());
    const sink = { webhookId: "", sinkId: lease.id, name: before.name };
    if (isFailing && !before.failing) {
      work.emit({
        type: "muster.notification.v1.SinkFailing",
        data: {
          ...sink,
          consecutiveFailures: breaker.failures,
          lastStatus: 0,
          lastError: breaker.lastError,
          disabled: false,
          disabledReason: "",
          failedAt: now(),
        },
      });
    }
    if (!isFailing && before.failing) {
      work.emit({ type: "muster.notification.v1.SinkRecovered", data: { ...sink, recoveredAt: now() } });
    }
    return true;
  });
