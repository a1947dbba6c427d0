import { type Kysely, sql } from "kysely";
import type { NotificationTables } from "./tables.ts";

export interface CheckpointRow {
  readonly first: number;
  readonly number: number;
  /** The compact JWS. */
  readonly checkpoint: string;
}

/** The hashes of the records of a part of a chain, hex, in order. */
export async function readHashes<DB extends NotificationTables>(
  db: Kysely<DB>,
  tenant: string,
  first: number,
  last: number,
): Promise<string[]> {
  const { rows } = await sql<{ hash: string }>`
    select encode(hash, 'hex') as hash from audit_records
    where tenant = ${tenant} and number between ${first} and ${last} order by number`.execute(db);
  return rows.map(({ hash }) => hash);
}

export async function insertCheckpoint<DB extends NotificationTables>(
  db: Kysely<DB>,
  tenant: string,
  { first, number, checkpoint }: CheckpointRow,
  signedAt: Date,
): Promise<void> {
  await sql`
    insert into audit_checkpoints (tenant, number, first, checkpoint, signed_at)
    values (${tenant}, ${number}, ${first}, ${checkpoint}, ${signedAt})`.execute(db);
}

/** The first checkpoints that stand for this record or a later one. */
export async function checkpointsFrom<DB extends NotificationTables>(
  db: Kysely<DB>,
  tenant: string,
  number: number,
  limit: number,
): Promise<CheckpointRow[]> {
  const { rows } = await sql<{ first: string; number: string; checkpoint: string }>`
    select first, number, checkpoint from audit_checkpoints
    where tenant = ${tenant} and number >= ${number} order by number limit ${limit}`.execute(db);
  return rows.map((row) => ({ ...row, first: Number(row.first), number: Number(row.number) }));
}
