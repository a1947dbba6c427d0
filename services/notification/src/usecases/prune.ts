import { setTimeout as delay } from "node:timers/promises";
import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import { pruneOnce } from "../storage/prune.ts";
import type { NotificationTables } from "../storage/tables.ts";

const PAUSE_MS = 3600_000;

export interface PruneDeps {
  readonly database: ServiceDatabase<NotificationTables>;
  readonly now: () => Date;
  readonly keepDays: number;
}

/** Removes everything older than the days that activities are kept. */
export async function prune({ database, now, keepDays }: PruneDeps, signal: AbortSignal): Promise<void> {
  const olderThan = new Date(now().getTime() - keepDays * 86_400_000);
  while (!signal.aborted && (await database.system(({ sql }) => pruneOnce(sql, olderThan))));
}

/** Prunes each hour until the service stops. */
export function startPruning(deps: PruneDeps, log: Logger, lifecycle: Lifecycle): void {
  const stop = new AbortController();
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        await prune(deps, stop.signal);
      } catch (error) {
        log.warn({ err: error }, "old activities could not be removed and will be tried again");
      }
      await delay(PAUSE_MS * (0.75 + Math.random() / 2), undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  const running = run();
  lifecycle.add("pruning", () => {
    stop.abort();
    return running;
  });
}
