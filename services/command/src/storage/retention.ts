import { sql, type Transaction } from "kysely";
import type { CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

/** How many rows go in one transaction, so that no lock is held long. */
const BATCH = 1_000;

/**
 * Removes a part of the commands that ended before; returns whether there may be more. Those of a campaign that goes on stay: a
 * device of it that has no command has yet to be asked.
 */
export async function forgetCommands(db: Sql, endedBefore: Date): Promise<boolean> {
  const { numAffectedRows } = await sql`
    delete from commands where ctid = any(array(
      select ctid from commands c where c.ended_at < ${endedBefore} and not exists (
        select from campaigns p where p.tenant = c.tenant and p.id = c.campaign_id and p.ended_at is null)
      limit ${BATCH} for update skip locked))`.execute(db);
  return numAffectedRows === BigInt(BATCH);
}

/** The same with what people asked alone. */
export async function forgetAskedAlone(db: Sql, askedBefore: Date): Promise<boolean> {
  const { numAffectedRows } = await sql`
    delete from asked_alone where ctid = any(array(
      select ctid from asked_alone where asked_at < ${askedBefore} limit ${BATCH} for update skip locked))`.execute(db);
  return numAffectedRows === BigInt(BATCH);
}

/** The same with scripts' texts. */
export async function forgetBodies(db: Sql, createdBefore: Date): Promise<boolean> {
  const { numAffectedRows } = await sql`
    delete from script_bodies where ctid = any(array(
      select ctid from script_bodies where created_at < ${createdBefore} limit ${BATCH} for update skip locked))`.execute(
    db,
  );
  return numAffectedRows === BigInt(BATCH);
}
