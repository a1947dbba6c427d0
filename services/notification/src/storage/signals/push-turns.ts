import { sql, type Transaction } from "kysely";
import type { NotificationTables } from "../tables.ts";
import { type HeldStream, STREAM_COLUMNS } from "./streams.ts";

type Db = Transaction<NotificationTables>;

/** A push stream that this process alone sends to for now. */
export type PushTurn = Omit<HeldStream, "backlog"> & { readonly holder: string };

/** Longer than one push may take; each that ends prolongs it. */
const HELD_SECONDS = 30;

/** Takes push streams that have something to send and are in nobody's hand. */
export async function claimTurns(db: Db, limit: number): Promise<PushTurn[]> {
  const { rows } = await sql<PushTurn>`
    with due as (
      select s.tenant, s.id from signal_streams s
      where s.delivery = 'push' and s.held_until <= now() and s.next_attempt_at <= now() and exists (
        select 1 from signals g where g.tenant = s.tenant and g.stream_id = s.id and g.refused_at is null
          and (s.status = 'enabled' or g.sent_when_not_enabled))
      limit ${limit} for update skip locked
    )
    update signal_streams s set holder = gen_random_uuid(), held_until = now() + make_interval(secs => ${HELD_SECONDS})
    from due, signal_receivers r
    where s.tenant = due.tenant and s.id = due.id and r.tenant = s.tenant and r.id = s.receiver_id
    returning ${STREAM_COLUMNS}`.execute(db);
  return rows;
}

/** Prolongs the hold; says no when somebody else has it, or the stream is gone. */
export async function keepTurn(db: Db, { tenant, id, holder }: PushTurn): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update signal_streams set held_until = now() + make_interval(secs => ${HELD_SECONDS})
    where tenant = ${tenant} and id = ${id} and holder = ${holder} and held_until > now()`.execute(db);
  return numAffectedRows === 1n;
}

export async function endTurn(db: Db, { tenant, id, holder }: PushTurn): Promise<void> {
  await sql`
    update signal_streams set held_until = '-infinity' where tenant = ${tenant} and id = ${id} and holder = ${holder}`.execute(
    db,
  );
}

/** Notes a push that failed. @returns how many did in a row, and since when. */
export async function noteFailure(
  db: Db,
  { tenant, id }: PushTurn,
  error: string,
): Promise<{ failures: number; since: Date }> {
  const { rows } = await sql<{ failures: number; since: Date }>`
    update signal_streams set failures = failures + 1, failing_since = coalesce(failing_since, now()), last_error = ${error}
    where tenant = ${tenant} and id = ${id} returning failures, failing_since as since`.execute(db);
  if (rows[0] === undefined) throw new Error(`stream ${id} is gone while it is held`);
  return rows[0];
}

export async function postpone(db: Db, { tenant, id }: PushTurn, delayMs: number): Promise<void> {
  await sql`
    update signal_streams set next_attempt_at = now() + ${delayMs}::float8 * interval '1 millisecond'
    where tenant = ${tenant} and id = ${id}`.execute(db);
}
