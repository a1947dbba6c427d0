import { type Delivery, type DeliveryState, Webhook } from "@muster/contracts/gen/muster/notification/v1/webhook";
import type { WebhookServiceServer } from "@muster/contracts/gen/muster/notification/v1/webhook_service";
import type { Methods } from "@muster/rpc/server";
import { filterOf } from "../domain/type-pattern.ts";
import { draftOf } from "../domain/webhook-draft.ts";
import { type DeliveryRow, listDeliveries } from "../storage/delivery-lists.ts";
import { findWebhook, type HeldWebhook, listWebhooks } from "../storage/webhooks.ts";
import { replay } from "../usecases/replay.ts";
import {
  changeWebhook,
  createWebhook,
  type Revealed,
  removeWebhook,
  rotateSecret,
  type WriteDeps,
} from "../usecases/write-webhook.ts";

export interface WebhookDeps extends WriteDeps {
  readonly wakeSender: () => void;
}

export function webhookMethods(deps: WebhookDeps): Methods<WebhookServiceServer> {
  const { database, now } = deps;
  const [create, change, remove, rotate] = [
    createWebhook(deps),
    changeWebhook(deps),
    removeWebhook(deps),
    rotateSecret(deps),
  ];
  const show = (webhook: HeldWebhook, secret = ""): Webhook => webhookOf(webhook, secret, now());
  const reveal = ({ webhook, secret }: Revealed) => ({ webhook: show(webhook, secret) });
  return {
    createWebhook: async ({ webhook }, caller) => reveal(await create(caller, webhook)),
    getWebhook: ({ id }, { tenant }) =>
      database.tenant(tenant, async ({ sql }) => ({ webhook: show(await findWebhook(sql, tenant, id)) })),
    listWebhooks: (_request, { tenant }) =>
      database.tenant(tenant, async ({ sql }) => ({
        webhooks: (await listWebhooks(sql, tenant)).map((webhook) => show(webhook)),
      })),
    updateWebhook: async ({ id, webhook, expectedRevisions }, caller) => {
      const changed = show(await change(caller, id, webhook, expectedRevisions));
      deps.wakeSender();
      return { webhook: changed };
    },
    checkWebhook: async ({ id, webhook }, { tenant }) => {
      const draft = draftOf(webhook);
      await deps.checkReceiver(draft.url);
      if (id !== "") await database.tenant(tenant, ({ sql }) => findWebhook(sql, tenant, id));
      const eventTypes = draft.typePatterns.map(filterOf);
      return { webhook: Webhook.fromPartial({ ...draft, id, eventTypes, labelIds: [...draft.labelIds] }) };
    },
    deleteWebhook: async ({ id, expectedRevisions }, caller) => {
      await remove(caller, id, expectedRevisions);
      return {};
    },
    rotateWebhookSecret: async ({ id }, caller) => reveal(await rotate(caller, id)),
    listDeliveries: ({ state, ...query }, { tenant }) =>
      database.tenant(tenant, async ({ sql }) => {
        await findWebhook(sql, tenant, query.webhookId);
        const page = await listDeliveries(sql, tenant, {
          ...query,
          state: state === "DELIVERY_STATE_UNSPECIFIED" ? "" : state,
        });
        return { deliveries: page.rows.map(deliveryOf), nextPageToken: page.nextPageToken };
      }),
    replayDeliveries: async (request, { tenant }) => {
      const replayed = await replay(deps, tenant, request);
      deps.wakeSender();
      return { replayed };
    },
  };
}

const webhookOf = (webhook: HeldWebhook, secret: string, now: Date): Webhook => ({
  id: webhook.id,
  name: webhook.name,
  url: webhook.url,
  eventTypes: webhook.typePatterns.map(filterOf),
  labelIds: [...webhook.labelIds],
  enabled: webhook.enabled,
  disabledReason: webhook.disabledReason,
  secret,
  previousSecretUntil:
    webhook.previousSecretUntil !== undefined && webhook.previousSecretUntil > now
      ? webhook.previousSecretUntil
      : undefined,
  pendingCount: webhook.pendingCount,
  deadCount: webhook.deadCount,
  lastStatus: webhook.lastStatus,
  lastSuccessAt: webhook.lastSuccessAt,
  consecutiveFailures: webhook.consecutiveFailures,
  createdAt: webhook.createdAt,
  revision: webhook.revision,
});

const deliveryOf = (row: DeliveryRow): Delivery => ({
  id: row.id,
  webhookId: row.webhook_id,
  eventId: row.event_id,
  eventType: row.event_type,
  state: row.state as DeliveryState,
  attempts: row.attempts,
  lastStatus: row.last_status,
  lastError: row.last_error,
  nextAttemptAt: row.state === "DELIVERY_STATE_PENDING" ? row.next_attempt_at : undefined,
  eventTime: row.event_time,
  deliveredAt: row.delivered_at ?? undefined,
});
