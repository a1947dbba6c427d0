import { expectRevision } from "@muster/host/revision";
import { sql, type Transaction } from "kysely";
import type { Health } from "../domain/delivery.ts";
import { refuse } from "../domain/refusals.ts";
import type { WebhookDraft } from "../domain/webhook-draft.ts";
import type { NotificationTables, WebhooksTable } from "./tables.ts";

type Db = Transaction<NotificationTables>;

export interface SealedSecrets {
  readonly secret: Buffer;
  readonly previousSecret: Buffer | undefined;
  readonly previousSecretUntil: Date | undefined;
}

export interface HeldWebhook extends WebhookDraft, SealedSecrets, Health {
  readonly id: string;
  readonly createdAt: Date;
  readonly revision: number;
  readonly pendingCount: number;
  readonly deadCount: number;
}

type WebhookRow = { [K in keyof WebhooksTable]: WebhooksTable[K] } & {
  last_status: number;
  consecutive_failures: number;
  failing_since: Date | null;
  failing: boolean;
  disabled_reason: string;
  revision: number;
  pending: number;
  dead: number;
};

const heldOf = (row: WebhookRow): HeldWebhook => ({
  id: row.id,
  name: row.name,
  url: row.url,
  typePatterns: row.type_patterns,
  labelIds: row.label_ids,
  enabled: row.enabled,
  disabledReason: row.disabled_reason,
  secret: row.secret,
  previousSecret: row.previous_secret ?? undefined,
  previousSecretUntil: row.previous_secret_until ?? undefined,
  lastStatus: row.last_status,
  lastSuccessAt: row.last_success_at ?? undefined,
  consecutiveFailures: row.consecutive_failures,
  failingSince: row.failing_since ?? undefined,
  failing: row.failing,
  createdAt: row.created_at,
  revision: row.revision,
  pendingCount: row.pending,
  deadCount: row.dead,
});

const COUNTED = sql`w.*,
  (select count(*)::int from deliveries d where d.tenant = w.tenant and d.webhook_id = w.id and d.state = 'DELIVERY_STATE_PENDING') as pending,
  (select count(*)::int from deliveries d where d.tenant = w.tenant and d.webhook_id = w.id and d.state = 'DELIVERY_STATE_DEAD') as dead`;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
export const isUuid = (text: string): boolean => UUID.test(text);

export async function findWebhook(db: Db, tenant: string, id: string): Promise<HeldWebhook> {
  const { rows } = isUuid(id)
    ? await sql<WebhookRow>`select ${COUNTED} from webhooks w where w.tenant = ${tenant} and w.id = ${id}`.execute(db)
    : { rows: [] };
  if (rows[0] === undefined) throw unknown(id);
  return heldOf(rows[0]);
}

export async function listWebhooks(db: Db, tenant: string): Promise<HeldWebhook[]> {
  const { rows } = await sql<WebhookRow>`
    select ${COUNTED} from webhooks w where w.tenant = ${tenant} order by w.name, w.id`.execute(db);
  return rows.map(heldOf);
}

const draftColumns = (draft: WebhookDraft) => ({
  name: draft.name,
  url: draft.url,
  type_patterns: [...draft.typePatterns],
  label_ids: [...draft.labelIds],
  enabled: draft.enabled,
});

export async function insertWebhook(
  db: Db,
  tenant: string,
  id: string,
  draft: WebhookDraft,
  secret: Buffer,
  now: Date,
): Promise<void> {
  await db
    .insertInto("webhooks")
    .values({ tenant, id, ...draftColumns(draft), secret, created_at: now })
    .execute();
}

/** A person's decision replaces what the platform decided: the reason why it was disabled goes, and it has the whole time anew. */
export async function updateWebhook(db: Db, { tenant, id, expected }: Expected, draft: WebhookDraft): Promise<void> {
  const { revision } = await db
    .updateTable("webhooks")
    .set((column) => ({
      ...draftColumns(draft),
      disabled_reason: "",
      failing_since: null,
      revision: sql<number>`${column.ref("revision")} + 1`,
    }))
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .returning("revision")
    .executeTakeFirstOrThrow(() => unknown(id));
  expectRevision({ revision: revision - 1 }, expected);
}

/** What is changed or removed only while its revision is one of those that are expected, if any. */
export interface Expected {
  readonly tenant: string;
  readonly id: string;
  readonly expected: readonly number[];
}

const unknown = (id: string) => refuse("webhook.unknown", `there is no webhook ${id}`);

export async function replaceSecret(
  db: Db,
  tenant: string,
  id: string,
  secret: Buffer,
  previousUntil: Date,
): Promise<void> {
  await sql`
    update webhooks set previous_secret = secret, previous_secret_until = ${previousUntil}, secret = ${secret}
    where tenant = ${tenant} and id = ${id}`.execute(db);
}

/** Removes a webhook with all its deliveries. */
export async function deleteWebhook(db: Db, { tenant, id, expected }: Expected): Promise<void> {
  const { rows } = await sql<{ revision: number }>`
    delete from webhooks where tenant = ${tenant} and id = ${id} returning revision`.execute(db);
  if (rows[0] === undefined) throw unknown(id);
  expectRevision(rows[0], expected);
  await sql`delete from deliveries where tenant = ${tenant} and webhook_id = ${id}`.execute(db);
}
