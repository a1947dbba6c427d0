import { type Kysely, sql } from "kysely";
import { type HeldSink, heldSinkOf, SINK_COLUMNS, type SinkRow } from "./sinks.ts";
import type { NotificationTables } from "./tables.ts";

/** A sink in the hands of one worker. The epoch is the fence: once another took the sink, or it was changed, it is older. */
export interface Lease {
  readonly tenant: string;
  readonly id: string;
  readonly epoch: string;
}

/** A worker that dies leaves its sinks to others after this time. */
const LEASE_SECONDS = 30;

/** Takes sinks that nobody works on, those that wait longest first. */
export async function claimSinks<DB extends NotificationTables>(db: Kysely<DB>, limit: number): Promise<HeldSink[]> {
  const { rows } = await sql<SinkRow>`
    with free as (
      select tenant, id from sinks where enabled and held_until < now()
      order by held_until limit ${limit} for update skip locked
    )
    update sinks s set epoch = s.epoch + 1, held_until = now() + make_interval(secs => ${LEASE_SECONDS})
    from free where s.tenant = free.tenant and s.id = free.id
    returning ${SINK_COLUMNS}`.execute(db);
  return rows.map(heldSinkOf);
}

const columns = (leases: readonly Lease[]) =>
  sql`unnest(${leases.map(({ tenant }) => tenant)}::text[], ${leases.map(({ id }) => id)}::uuid[], ${leases.map(({ epoch }) => epoch)}::bigint[])`;

/** Which of the leases still hold. */
export async function heldLeases<DB extends NotificationTables>(
  db: Kysely<DB>,
  leases: readonly Lease[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    select s.id from sinks s join ${columns(leases)} as n (tenant, id, epoch)
      on s.tenant = n.tenant and s.id = n.id and s.epoch = n.epoch where s.enabled`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

export async function renewLeases<DB extends NotificationTables>(
  db: Kysely<DB>,
  leases: readonly Lease[],
): Promise<void> {
  await sql`
    update sinks s set held_until = now() + make_interval(secs => ${LEASE_SECONDS})
    from ${columns(leases)} as n (tenant, id, epoch)
    where s.tenant = n.tenant and s.id = n.id and s.epoch = n.epoch`.execute(db);
}

export async function releaseLease<DB extends NotificationTables>(
  db: Kysely<DB>,
  { tenant, id, epoch }: Lease,
): Promise<void> {
  await sql`
    update sinks set held_until = '-infinity' where tenant = ${tenant} and id = ${id} and epoch = ${epoch}`.execute(db);
}

/** Ends whatever lease there is: the next worker begins with what was changed, and speaks to the other side at once. */
export async function breakLease<DB extends NotificationTables>(
  db: Kysely<DB>,
  tenant: string,
  id: string,
): Promise<void> {
  await sql`
    update sinks set epoch = epoch + 1, held_until = '-infinity', pause_until = '-infinity'
    where tenant = ${tenant} and id = ${id}`.execute(db);
}
