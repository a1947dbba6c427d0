import { sql, type Transaction } from "kysely";
import { parsePosition, START } from "../domain/position.ts";
import type { Commit } from "../domain/sinks/action.ts";
import type { Breaker } from "../domain/sinks/breaker.ts";
import type { Lease } from "./sink-leases.ts";
import type { NotificationTables } from "./tables.ts";

type Db = Transaction<NotificationTables>;

/** The sink's name and whether it was told of as failing, locked; nothing when the lease is no longer the newest. */
export async function lockSink(
  db: Db,
  { tenant, id, epoch }: Lease,
): Promise<{ name: string; failing: boolean } | undefined> {
  const { rows } = await sql<{ name: string; failing: boolean }>`
    select name, failing from sinks where tenant = ${tenant} and id = ${id} and epoch = ${epoch}
    for no key update`.execute(db);
  return rows[0];
}

const at = (ms: number | undefined): Date | null => (ms === undefined ? null : new Date(ms));

/** Moves the checkpoint and writes the dead letters that stand behind it, in the transaction that holds the lock. */
export async function writeProgress(
  db: Db,
  { tenant, id }: Lease,
  {
    position,
    dead,
    revived,
    delivered,
    breaker,
  }: Pick<Commit, "position" | "dead" | "revived" | "delivered" | "breaker">,
  failing: boolean,
  now: Date,
): Promise<void> {
  const { xid, seq } = parsePosition(position) ?? START;
  await sql`
    update sinks set xid = ${xid}::xid8, seq = ${seq}, delivered = delivered + ${delivered}, failing = ${failing},
      ${healthColumns(breaker)}
    where tenant = ${tenant} and id = ${id}`.execute(db);
  if (dead.length > 0) await bury(db, tenant, id, dead, now);
  if (revived.length > 0) {
    await sql`
      delete from sink_dead_letters
      where tenant = ${tenant} and sink_id = ${id} and event_id = any(${[...revived]}::uuid[])`.execute(db);
  }
}

const healthColumns = (breaker: Breaker) => sql`failures = ${breaker.failures},
  pause_until = ${new Date(breaker.pauseUntil)}, last_success_at = ${at(breaker.lastSuccessAt)},
  last_failure_at = ${at(breaker.lastFailureAt)}, last_error = ${breaker.lastError}`;

async function bury(db: Db, tenant: string, id: string, dead: Commit["dead"], now: Date): Promise<void> {
  const column = <T>(value: (each: Commit["dead"][number]) => T) => dead.map(value);
  const place = (each: Commit["dead"][number]) => parsePosition(each.event.position) ?? START;
  await sql`
    insert into sink_dead_letters (tenant, sink_id, event_id, event_type, event_time, xid, seq, reason, failed_at)
    select ${tenant}, ${id}, n.*, ${now}
    from unnest(${column(({ event }) => event.id)}::uuid[], ${column(({ event }) => event.type)}::text[],
      ${column(({ event }) => event.time)}::timestamptz[], ${column((each) => place(each).xid)}::xid8[],
      ${column((each) => place(each).seq)}::bigint[], ${column(({ reason }) => reason)}::text[]) as n
    on conflict (tenant, sink_id, event_id) do update
      set reason = excluded.reason, failed_at = excluded.failed_at, replaying = false`.execute(db);
}
