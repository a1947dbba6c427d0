import { type Kysely, sql } from "kysely";
import type { NotificationTables } from "./tables.ts";

/** How many rows go in one statement, so that no lock is held long. */
const BATCH = 5_000;

/**
 * Removes a part of what is older than the limit; returns whether there may be more. What is not in the audit chain yet
 * stays, however old.
 */
export async function pruneOnce<DB extends NotificationTables>(db: Kysely<DB>, olderThan: Date): Promise<boolean> {
  const deliveries = await sql`
    delete from deliveries where ctid = any(array(
      select ctid from deliveries where created_at < ${olderThan} limit ${BATCH} for update skip locked))`.execute(db);
  const activities = await sql`
    delete from activities where ctid = any(array(
      select ctid from activities where received_at < ${olderThan}
        and (xid, seq) <= (select c.xid, c.seq from audit_cursor c) limit ${BATCH} for update skip locked))`.execute(
    db,
  );
  const devices = await sql`
    with gone as (
      delete from devices where ctid = any(array(
        select ctid from devices where unenrolled_at < ${olderThan} limit ${BATCH} for update skip locked))
      returning tenant, device_id
    ), g as (delete from compliance_grounds using gone where (compliance_grounds.tenant, compliance_grounds.device_id) = (gone.tenant, gone.device_id)
    ), c as (delete from device_compliance using gone where (device_compliance.tenant, device_compliance.device_id) = (gone.tenant, gone.device_id)
    ), p as (delete from device_persons using gone where (device_persons.tenant, device_persons.device_id) = (gone.tenant, gone.device_id))
    select from gone`.execute(db);
  const deadLetters = await sql`
    delete from sink_dead_letters where ctid = any(array(
      select ctid from sink_dead_letters where failed_at < ${olderThan} limit ${BATCH} for update skip locked))`.execute(
    db,
  );
  return (
    devices.rows.length === BATCH ||
    [deliveries, activities, deadLetters].some(({ numAffectedRows }) => numAffectedRows === BigInt(BATCH))
  );
}
