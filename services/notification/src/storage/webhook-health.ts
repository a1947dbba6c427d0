import { sql, type Transaction } from "kysely";
import type { Health } from "../domain/delivery.ts";
import type { NotificationTables } from "./tables.ts";

interface HealthRow {
  id: string;
  url: string;
  enabled: boolean;
  disabled_reason: string;
  last_status: number;
  last_success_at: Date | null;
  consecutive_failures: number;
  failing_since: Date | null;
  failing: boolean;
}

/** The health of a webhook, and the address that it has now. */
export interface HeldHealth extends Health {
  readonly url: string;
}

/** The health of webhooks, locked; two senders lock them in the same order. */
export async function lockHealth(
  db: Transaction<NotificationTables>,
  ids: readonly string[],
): Promise<Map<string, HeldHealth>> {
  const { rows } = await sql<HealthRow>`
    select id, url, enabled, disabled_reason, last_status, last_success_at, consecutive_failures, failing_since, failing
    from webhooks where id = any(${ids}::uuid[]) order by id for no key update`.execute(db);
  return new Map(
    rows.map((row) => [
      row.id,
      {
        url: row.url,
        enabled: row.enabled,
        disabledReason: row.disabled_reason,
        lastStatus: row.last_status,
        lastSuccessAt: row.last_success_at ?? undefined,
        consecutiveFailures: row.consecutive_failures,
        failingSince: row.failing_since ?? undefined,
        failing: row.failing,
      },
    ]),
  );
}

export async function writeHealth(
  db: Transaction<NotificationTables>,
  healths: ReadonlyMap<string, Health>,
): Promise<void> {
  const column = <T>(value: (health: Health) => T) => [...healths.values()].map(value);
  await sql`
    update webhooks w set enabled = n.enabled, disabled_reason = n.disabled_reason, last_status = n.last_status,
      last_success_at = n.last_success_at, consecutive_failures = n.consecutive_failures,
      failing_since = n.failing_since, failing = n.failing, revision = w.revision + (w.enabled <> n.enabled)::int
    from unnest(${[...healths.keys()]}::uuid[], ${column((each) => each.enabled)}::boolean[],
      ${column((each) => each.disabledReason)}::text[], ${column((each) => each.lastStatus)}::int[],
      ${column((each) => each.lastSuccessAt ?? null)}::timestamptz[], ${column((each) => each.consecutiveFailures)}::int[],
      ${column((each) => each.failingSince ?? null)}::timestamptz[], ${column((each) => each.failing)}::boolean[])
      as n (id, enabled, disabled_reason, last_status, last_success_at, consecutive_failures, failing_since, failing)
    where w.id = n.id`.execute(db);
}
