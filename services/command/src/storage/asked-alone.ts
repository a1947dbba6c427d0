import { sql, type Transaction } from "kysely";
import type { Weight } from "../domain/campaign/approval.ts";
import type { CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

/** Somebody who asks for something weighty. */
export interface Asker {
  readonly tenant: string;
  /** The user's id; of a token without one its own. */
  readonly person: string;
  readonly weight: Weight;
}

/**
 * The devices that they asked since then without a second person. Whoever asks for the same person at the same time waits
 * until this transaction is over: two requests do not both take what is left.
 */
export async function lockAskedAlone(
  db: Sql,
  { person, tenant, weight }: Asker,
  since: Date,
): Promise<ReadonlySet<string>> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`asked_alone/${tenant}/${person}`}, 0))`.execute(db);
  const rows = await db
    .selectFrom("asked_alone")
    .select("device_id")
    .where("tenant", "=", tenant)
    .where("person", "=", person)
    .where("weight", "=", weight)
    .where("asked_at", ">", since)
    .execute();
  return new Set(rows.map(({ device_id }) => device_id));
}

export async function noteAskedAlone(
  db: Sql,
  { person, tenant, weight }: Asker,
  deviceIds: readonly string[],
  at: Date,
): Promise<void> {
  await sql`
    insert into asked_alone (tenant, person, weight, device_id, asked_at)
    select ${tenant}, ${person}, ${weight}, device_id, ${at}::timestamptz from unnest(${deviceIds}::uuid[]) device_id
    on conflict (tenant, person, weight, device_id) do update set asked_at = excluded.asked_at`.execute(db);
}
