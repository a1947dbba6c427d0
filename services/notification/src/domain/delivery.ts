import { delayAfter, SCHEDULE_MS } from "./schedule.ts";

/** How one attempt ended. The status is 0 when there was no answer. */
export type Outcome =
  | { readonly kind: "taken"; readonly status: number }
  | { readonly kind: "gone"; readonly status: 410; readonly error: string }
  | { readonly kind: "failed"; readonly status: number; readonly error: string; readonly retryAfterMs: number };

export type Settled =
  | { readonly state: "DELIVERY_STATE_DELIVERED" }
  | { readonly state: "DELIVERY_STATE_DEAD" }
  | { readonly state: "DELIVERY_STATE_PENDING"; readonly delayMs: number };

/** Where a delivery stands after the attempt with this number. */
export function settle(attempt: number, outcome: Outcome, chance: number): Settled {
  if (outcome.kind === "taken") return { state: "DELIVERY_STATE_DELIVERED" };
  const delayMs = outcome.kind === "gone" ? undefined : delayAfter(attempt, outcome.retryAfterMs, chance);
  return delayMs === undefined ? { state: "DELIVERY_STATE_DEAD" } : { state: "DELIVERY_STATE_PENDING", delayMs };
}

/** What is known of a receiver. */
export interface Health {
  readonly enabled: boolean;
  readonly disabledReason: string;
  readonly lastStatus: number;
  readonly lastSuccessAt: Date | undefined;
  readonly consecutiveFailures: number;
  /** When the first of them failed, or the first after a person last wrote the webhook. */
  readonly failingSince: Date | undefined;
  /** Whether it was told that the receiver fails, and not yet that it recovered. */
  readonly failing: boolean;
}

export type HealthNews = "failing" | "disabled" | "recovered";

const FAILURES_UNTIL_TOLD = 5;
const GONE = "the receiver answered 410 Gone";
const silentSince = (since: Date): string =>
  `nothing was taken since ${since.toISOString()}, which is longer than a delivery is tried`;

/**
 * A receiver's health after one more attempt, and what is to be told of it. One that says it is gone is disabled at
 * once; so is one that took nothing for as long as the whole schedule of a delivery, counted from the first failure.
 */
export function afterAttempt(health: Health, outcome: Outcome, now: Date): { health: Health; news?: HealthNews } {
  if (outcome.kind === "taken") {
    const { status } = outcome;
    const well = {
      ...health,
      lastStatus: status,
      lastSuccessAt: now,
      consecutiveFailures: 0,
      failingSince: undefined,
      failing: false,
    };
    return health.failing ? { health: well, news: "recovered" } : { health: well };
  }
  const { failingSince = now } = health;
  const failures = health.consecutiveFailures + 1;
  const worse = { ...health, lastStatus: outcome.status, consecutiveFailures: failures, failingSince };
  const silent = now.getTime() - failingSince.getTime() >= SCHEDULE_MS;
  if (health.enabled && (outcome.kind === "gone" || silent)) {
    const disabledReason = outcome.kind === "gone" ? GONE : silentSince(failingSince);
    return { health: { ...worse, enabled: false, disabledReason, failing: true }, news: "disabled" };
  }
  if (health.failing || worse.consecutiveFailures < FAILURES_UNTIL_TOLD) return { health: worse };
  return { health: { ...worse, failing: true }, news: "failing" };
}
