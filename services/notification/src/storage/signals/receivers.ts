import { sql, type Transaction } from "kysely";
import { refuse } from "../../domain/refusals.ts";
import type { ReceiverDraft } from "../../domain/signals/receiver-draft.ts";
import type { Dialect } from "../../domain/signals/security-event.ts";
import type { NotificationTables } from "../tables.ts";
import { isUuid } from "../webhooks.ts";

type Db = Transaction<NotificationTables>;

export interface HeldReceiver {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly dialect: Dialect;
  readonly audience: string;
  readonly secret_hash: Buffer;
  readonly previous_secret_hash: Buffer | null;
  readonly previous_secret_until: Date | null;
  readonly created_at: Date;
  readonly revoked_at: Date | null;
}

export async function findReceiver(db: Db, tenant: string, id: string): Promise<HeldReceiver> {
  const { rows } = isUuid(id)
    ? await sql<HeldReceiver>`select * from signal_receivers where tenant = ${tenant} and id = ${id}`.execute(db)
    : { rows: [] };
  if (rows[0] === undefined) throw refuse("signal.receiver_unknown", `there is no receiver ${id}`);
  return rows[0];
}

export async function listReceivers(db: Db, tenant: string): Promise<HeldReceiver[]> {
  const { rows } = await sql<HeldReceiver>`
    select * from signal_receivers where tenant = ${tenant} order by name, id`.execute(db);
  return rows;
}

export async function insertReceiver(
  db: Db,
  tenant: string,
  id: string,
  { name, dialect, audience }: ReceiverDraft,
  secretHash: Buffer,
  now: Date,
): Promise<void> {
  await sql`
    insert into signal_receivers (tenant, id, name, dialect, audience, secret_hash, created_at)
    values (${tenant}, ${id}, ${name}, ${dialect}, ${audience}, ${secretHash}, ${now})`.execute(db);
}

export async function replaceSecretHash(
  db: Db,
  tenant: string,
  id: string,
  hash: Buffer,
  previousUntil: Date,
): Promise<void> {
  await sql`
    update signal_receivers set previous_secret_hash = secret_hash, previous_secret_until = ${previousUntil}, secret_hash = ${hash}
    where tenant = ${tenant} and id = ${id}`.execute(db);
}

/** Shuts it out and removes its stream; what waited in that is swept. */
export async function revokeReceiver(db: Db, tenant: string, id: string, now: Date): Promise<void> {
  await sql`
    update signal_receivers set revoked_at = coalesce(revoked_at, ${now}) where tenant = ${tenant} and id = ${id}`.execute(
    db,
  );
  await sql`delete from signal_streams where tenant = ${tenant} and receiver_id = ${id}`.execute(db);
}
