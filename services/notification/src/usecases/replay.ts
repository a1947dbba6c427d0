import type { ReplayDeliveriesRequest } from "@muster/contracts/gen/muster/notification/v1/webhook_service";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import { refuse } from "../domain/refusals.ts";
import { replayDead, replayDeliveries, replaySpan } from "../storage/delivery-lists.ts";
import type { NotificationTables } from "../storage/tables.ts";
import { findWebhook, isUuid } from "../storage/webhooks.ts";

export interface ReplayDeps {
  readonly database: ServiceDatabase<NotificationTables>;
  readonly now: () => Date;
}

/** Makes deliveries due anew: exactly those named, else those of a span of time, else all dead letters. */
export const replay = (
  { database, now }: ReplayDeps,
  tenant: string,
  { webhookId, deliveryIds, since, until }: ReplayDeliveriesRequest,
): Promise<number> => {
  const unreadable = deliveryIds.find((id) => !isUuid(id));
  if (unreadable !== undefined) throw refuse("delivery.bad_id", `"${unreadable}" is no delivery's id`);
  return database.tenant(tenant, async ({ sql }) => {
    await findWebhook(sql, tenant, webhookId);
    if (deliveryIds.length > 0) return replayDeliveries(sql, tenant, webhookId, deliveryIds);
    if (since !== undefined) return replaySpan(sql, tenant, webhookId, since, until ?? now());
    return replayDead(sql, tenant, webhookId);
  });
};
