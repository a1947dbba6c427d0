import type { Webhook } from "@muster/contracts/gen/muster/notification/v1/webhook";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Caller } from "@muster/rpc/caller";
import { secretText } from "../domain/signature.ts";
import { draftOf } from "../domain/webhook-draft.ts";
import type { NotificationTables } from "../storage/tables.ts";
import {
  deleteWebhook,
  findWebhook,
  type HeldWebhook,
  insertWebhook,
  replaceSecret,
  updateWebhook,
} from "../storage/webhooks.ts";
import type { WebhookSecrets } from "./ports.ts";

/** How long the secret before the present one signs too. */
const OVERLAP_MS = 24 * 3600_000;

export interface WriteDeps {
  readonly database: ServiceDatabase<NotificationTables>;
  readonly vault: Pick<WebhookSecrets, "create">;
  /** Refuses an address that webhooks may not reach. */
  readonly checkReceiver: (url: string) => Promise<void>;
  readonly now: () => Date;
  readonly newId: () => string;
}

export interface Revealed {
  readonly webhook: HeldWebhook;
  /** The one time it is shown. */
  readonly secret: string;
}

export const createWebhook =
  ({ database, vault, checkReceiver, now, newId }: WriteDeps) =>
  async ({ tenant }: Caller, asked: Webhook | undefined): Promise<Revealed> => {
    const draft = draftOf(asked);
    await checkReceiver(draft.url);
    const id = newId();
    const { secret, sealed } = vault.create(tenant, id);
    const webhook = await database.tenant(tenant, async ({ sql }) => {
      await insertWebhook(sql, tenant, id, draft, sealed, now());
      return findWebhook(sql, tenant, id);
    });
    return { webhook, secret: secretText(secret) };
  };

export const changeWebhook =
  ({ database, checkReceiver }: WriteDeps) =>
  async (
    { tenant }: Caller,
    id: string,
    asked: Webhook | undefined,
    expected: readonly number[],
  ): Promise<HeldWebhook> => {
    const draft = draftOf(asked);
    await checkReceiver(draft.url);
    return database.tenant(tenant, async ({ sql }) => {
      await findWebhook(sql, tenant, id);
      await updateWebhook(sql, { tenant, id, expected }, draft);
      return findWebhook(sql, tenant, id);
    });
  };

export const removeWebhook =
  ({ database }: WriteDeps) =>
  ({ tenant }: Caller, id: string, expected: readonly number[]): Promise<void> =>
    database.tenant(tenant, async ({ sql }) => {
      await findWebhook(sql, tenant, id);
      await deleteWebhook(sql, { tenant, id, expected });
    });

/** Makes a new secret; for a day both sign, so that a receiver can change over without a gap. */
export const rotateSecret =
  ({ database, vault, now }: WriteDeps) =>
  async ({ tenant }: Caller, id: string): Promise<Revealed> => {
    const { secret, sealed } = vault.create(tenant, id);
    const webhook = await database.tenant(tenant, async ({ sql }) => {
      await findWebhook(sql, tenant, id);
      await replaceSecret(sql, tenant, id, sealed, new Date(now().getTime() + OVERLAP_MS));
      return findWebhook(sql, tenant, id);
    });
    return { webhook, secret: secretText(secret) };
  };
