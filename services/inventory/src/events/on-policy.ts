import type { HeardEvent } from "@muster/postgres/listen";
import { applyPolicies } from "../storage/apply-policies.ts";
import type { InventoryWork } from "../storage/schema.ts";
import type { Signals } from "../usecases/ports.ts";

/** What the consumer inventory-policy does: the policies' questions are asked as they are now. */
export const onPolicy = (work: InventoryWork, events: readonly HeardEvent[]): Promise<void> =>
  applyPolicies(
    work,
    events.flatMap((event) => {
      if (event.type !== "muster.policy.v1.PolicyChanged" || event.data.policy === undefined) return [];
      return [{ tenant: event.tenant, policy: event.data.policy, removed: event.data.removed }];
    }),
  );

export const afterPolicy =
  (signals: Signals) =>
  (events: readonly HeardEvent[]): void => {
    const changed = events.filter(({ type }) => type === "muster.policy.v1.PolicyChanged");
    for (const tenant of new Set(changed.map((event) => event.tenant))) signals.workChanged(tenant, "all", true);
  };
