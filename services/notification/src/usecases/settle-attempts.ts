import type { ServiceDatabase, Work } from "@muster/postgres/service-database";
import { afterAttempt, type Health, type HealthNews, type Outcome, type Settled, settle } from "../domain/delivery.ts";
import { buryWaiting, type DueDelivery, hastenWaiting, settleDeliveries } from "../storage/due-deliveries.ts";
import type { NotificationTables } from "../storage/tables.ts";
import { type HeldHealth, lockHealth, writeHealth } from "../storage/webhook-health.ts";

export interface Attempt {
  readonly delivery: DueDelivery;
  readonly outcome: Outcome;
}

export interface SettleDeps {
  readonly database: ServiceDatabase<NotificationTables>;
  readonly now: () => Date;
  /** 0 to 1. */
  readonly chance: () => number;
}

/**
 * Writes how attempts ended and what that says of their receivers; tells of a receiver that fails or recovered. What
 * waits for one that recovered is due at once. What waits for one that was disabled becomes dead letters, which can be
 * replayed once it is enabled again.
 */
export async function settleAttempts(deps: SettleDeps, attempts: readonly Attempt[]): Promise<void> {
  const { disabled, recovered } = await settleAll(deps, attempts);
  for (const id of recovered) while (await deps.database.system(({ sql }) => hastenWaiting(sql, id)));
  for (const id of disabled) while (await deps.database.system(({ sql }) => buryWaiting(sql, id)));
}

const AT_ONCE: Settled = { state: "DELIVERY_STATE_PENDING", delayMs: 0 };

/** Whether an attempt failed at an address that was changed meanwhile: that says nothing of the one there is now. */
const isOfFormerAddress = ({ delivery, outcome }: Attempt, held: HeldHealth | undefined): boolean =>
  outcome.kind !== "taken" && held !== undefined && held.url !== delivery.url;

/** @returns the webhooks of which there is news. */
const settleAll = ({ database, now, chance }: SettleDeps, attempts: readonly Attempt[]) =>
  database.system(async (work) => {
    const disabled: string[] = [];
    const recovered: string[] = [];
    const healths = await lockHealth(work.sql, [...new Set(attempts.map(({ delivery }) => delivery.webhook_id))]);
    for (const attempt of attempts) {
      const before = healths.get(attempt.delivery.webhook_id);
      if (before === undefined || isOfFormerAddress(attempt, before)) continue;
      const { health, news } = afterAttempt(before, attempt.outcome, now());
      healths.set(attempt.delivery.webhook_id, { ...before, ...health });
      if (news === "disabled") disabled.push(attempt.delivery.webhook_id);
      if (news === "recovered") recovered.push(attempt.delivery.webhook_id);
      if (news !== undefined) tell(work, attempt, health, news, now());
    }
    await writeHealth(work.sql, healths);
    await settleDeliveries(
      work.sql,
      attempts.map(({ delivery, outcome }) => ({
        delivery,
        outcome,
        settled: isOfFormerAddress({ delivery, outcome }, healths.get(delivery.webhook_id))
          ? AT_ONCE
          : settle(delivery.attempts + 1, outcome, chance()),
      })),
    );
    return { disabled, recovered };
  });

function tell(
  work: Work<NotificationTables>,
  { delivery, outcome }: Attempt,
  health: Health,
  news: HealthNews,
  now: Date,
): void {
  const sink = { webhookId: delivery.webhook_id, sinkId: "", name: delivery.webhook_name };
  if (news === "recovered") {
    const data = { ...sink, recoveredAt: now };
    work.emit({ type: "muster.notification.v1.SinkRecovered", tenant: delivery.tenant, data });
    return;
  }
  work.emit({
    type: "muster.notification.v1.SinkFailing",
    tenant: delivery.tenant,
    data: {
      ...sink,
      consecutiveFailures: health.consecutiveFailures,
      lastStatus: outcome.status,
      lastError: outcome.kind === "taken" ? "" : outcome.error,
      disabled: news === "disabled",
      disabledReason: news === "disabled" ? health.disabledReason : "",
      failedAt: now,
    },
  });
}
