import { type Kysely, sql } from "kysely";
import type { NotificationTables } from "./tables.ts";

export interface RemovedPart {
  readonly tenant: string;
  /** The last record that was removed. */
  readonly through: number;
  /** Its hash, hex. */
  readonly hash: string;
}

/**
 * Removes the oldest signed part of each chain whose records are all older than the limit. Its checkpoint stays and is the
 * chain's new beginning; the checkpoint that was the beginning before goes.
 */
export async function removeOldestParts<DB extends NotificationTables>(
  db: Kysely<DB>,
  olderThan: Date,
): Promise<RemovedPart[]> {
  // A checkpoint is signed after its last record was sealed, so by its time all its records are old.
  const { rows } = await sql<{ tenant: string; through: string; hash: string }>`
    with part as (
      select c.tenant, c.begins_after, p.number as through from audit_chains c cross join lateral (
        select number from audit_checkpoints
        where tenant = c.tenant and number > c.begins_after and signed_at < ${olderThan} order by number limit 1) p
      for update of c skip locked
    ), last as (
      select p.tenant, p.through, encode(r.hash, 'hex') as hash from part p
      join audit_records r on r.tenant = p.tenant and r.number = p.through
    ), removed as (
      delete from audit_records r using part p where r.tenant = p.tenant and r.number <= p.through
    ), passed as (
      delete from audit_checkpoints k using part p where k.tenant = p.tenant and k.number <= p.begins_after
    ), moved as (
      update audit_chains c set begins_after = p.through from part p where c.tenant = p.tenant
    )
    select tenant, through, hash from last`.execute(db);
  return rows.map((row) => ({ ...row, through: Number(row.through) }));
}
