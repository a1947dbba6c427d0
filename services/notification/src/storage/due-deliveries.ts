import { type Kysely, sql } from "kysely";
import type { Outcome, Settled } from "../domain/delivery.ts";
import { DEVICE_COLUMN, JOIN_DEVICE, type KnownDevice } from "./known-device.ts";
import type { NotificationTables } from "./tables.ts";

/** A delivery in a sender's hand, with all that it takes to send it. */
export interface DueDelivery {
  readonly tenant: string;
  readonly id: string;
  readonly webhook_id: string;
  readonly webhook_name: string;
  /** How often it was tried before. */
  readonly attempts: number;
  /** How often it was replayed. */
  readonly round: number;
  readonly traceparent: string;
  readonly created_at: Date;
  readonly url: string;
  readonly secret: Buffer;
  readonly previous_secret: Buffer | null;
  readonly event_id: string;
  readonly event_type: string;
  readonly event_time: Date;
  readonly source: string;
  readonly device_id: string;
  readonly actor: string;
  readonly data: unknown;
  readonly device: KnownDevice | null;
}

export interface ClaimOptions {
  /** How many deliveries of each webhook this process has in work. */
  readonly busy: ReadonlyMap<string, number>;
  readonly perWebhook: number;
  readonly limit: number;
  /** After how long a claimed delivery is due again, because its sender died. */
  readonly leaseSeconds: number;
}

/** Takes what is due, the oldest of each webhook first; what another sender holds is passed over. */
export async function claimDue<DB extends NotificationTables>(
  db: Kysely<DB>,
  options: ClaimOptions,
): Promise<DueDelivery[]> {
  const { rows } = await sql<DueDelivery>`
    with room as (
      select w.tenant, w.id, ${options.perWebhook}::int - coalesce(b.busy, 0) as free
      from webhooks w left join unnest(${[...options.busy.keys()]}::uuid[], ${[...options.busy.values()]}::int[]) as b (id, busy) on b.id = w.id
      where w.enabled
    ), due as (
      select d.tenant, d.id from room r cross join lateral (
        select tenant, id from deliveries
        where tenant = r.tenant and webhook_id = r.id and state = 'DELIVERY_STATE_PENDING' and next_attempt_at <= now()
        order by next_attempt_at limit greatest(r.free, 0) for update skip locked
      ) d limit ${options.limit}
    )
    update deliveries d set next_attempt_at = now() + make_interval(secs => ${options.leaseSeconds})
    from due, webhooks w, activities a ${JOIN_DEVICE}
    where d.tenant = due.tenant and d.id = due.id and w.tenant = d.tenant and w.id = d.webhook_id
      and a.tenant = d.tenant and a.xid = d.activity_xid and a.seq = d.activity_seq
    returning d.tenant, d.id, d.webhook_id, w.name as webhook_name, d.attempts, d.round, d.traceparent, d.created_at, w.url, w.secret,
      case when w.previous_secret_until > now() then w.previous_secret end as previous_secret,
      d.event_id, d.event_type, d.event_time, a.source, a.device_id, a.actor, a.data, ${DEVICE_COLUMN}`.execute(db);
  return rows;
}

export interface SettledDelivery {
  readonly delivery: Pick<DueDelivery, "tenant" | "id" | "attempts" | "round">;
  readonly outcome: Outcome;
  readonly settled: Settled;
}

/**
 * Writes how attempts ended. One that another sender settled meanwhile, or that was asked for anew, stays as it is.
 *
 * Each row is found by its key in a look-up of its own (lateral, for update), whatever the planner believes of a table
 * that fills up faster than it is analysed: joined freely, 32 rows took 60 ms at a backlog of 3,000.
 */
export async function settleDeliveries<DB extends NotificationTables>(
  db: Kysely<DB>,
  settled: readonly SettledDelivery[],
): Promise<void> {
  const column = <T>(value: (each: SettledDelivery) => T) => settled.map(value);
  await sql`
    with n as (
      select n.*, d.place
      from unnest(${column((each) => each.delivery.tenant)}::text[], ${column((each) => each.delivery.id)}::uuid[],
        ${column((each) => each.delivery.attempts)}::int[], ${column((each) => each.delivery.round)}::int[], ${column((each) => each.settled.state)}::text[],
        ${column((each) => each.outcome.status)}::int[], ${column(({ outcome }) => (outcome.kind === "taken" ? "" : outcome.error))}::text[],
        ${column(({ settled: to }) => (to.state === "DELIVERY_STATE_PENDING" ? to.delayMs : 0))}::float8[])
        as n (tenant, id, attempts, round, state, status, error, delay_ms)
      cross join lateral (
        select ctid as place from deliveries
        where tenant = n.tenant and id = n.id and attempts = n.attempts and round = n.round and state is not distinct from 'DELIVERY_STATE_PENDING'
        for update) d
    )
    update deliveries d set state = n.state, attempts = d.attempts + 1, last_status = n.status, last_error = n.error,
      next_attempt_at = now() + n.delay_ms * interval '1 millisecond',
      delivered_at = case when n.state = 'DELIVERY_STATE_DELIVERED' then now() end
    from n where d.ctid = n.place`.execute(db);
}

/** How many rows go in one statement, so that no lock is held long. */
const AT_ONCE = 5_000;

/** Makes dead letters of a part of what waits for a disabled webhook; returns whether there may be more. */
export async function buryWaiting<DB extends NotificationTables>(db: Kysely<DB>, webhookId: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update deliveries set state = 'DELIVERY_STATE_DEAD',
      last_error = case when last_error = '' then 'not tried: the webhook was disabled' else last_error end
    where ctid = any(array(
      select d.ctid from webhooks w join deliveries d on d.tenant = w.tenant and d.webhook_id = w.id
      where w.id = ${webhookId} and not w.enabled and d.state = 'DELIVERY_STATE_PENDING'
      limit ${AT_ONCE} for update of d skip locked))`.execute(db);
  return numAffectedRows === BigInt(AT_ONCE);
}

/** How many deliveries wait, over all tenants. */
export async function countPending<DB extends NotificationTables>(db: Kysely<DB>): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from deliveries where state = 'DELIVERY_STATE_PENDING'`.execute(db);
  return rows[0]?.n ?? 0;
}

/**
 * Makes a part of what waits for its next attempt due now; returns whether there may be more. What is due within a
 * minute is left alone: it comes soon, or a sender has it in work.
 */
export async function hastenWaiting<DB extends NotificationTables>(
  db: Kysely<DB>,
  webhookId: string,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update deliveries set next_attempt_at = now()
    where ctid = any(array(
      select d.ctid from webhooks w join deliveries d on d.tenant = w.tenant and d.webhook_id = w.id
      where w.id = ${webhookId} and d.state = 'DELIVERY_STATE_PENDING' and d.next_attempt_at > now() + interval '1 minute'
      limit ${AT_ONCE} for update of d skip locked))`.execute(db);
  return numAffectedRows === BigInt(AT_ONCE);
}
