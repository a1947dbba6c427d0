import { type Kysely, sql } from "kysely";

/**
 * Notes which events a consumer hears now, and returns those it had not heard before. In one transaction with the
 * effect, this is what makes the effect happen once.
 */
export async function hearFirst<DB>(
  connection: Kysely<DB>,
  consumer: string,
  ids: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ event_id: string }>`
    insert into inbox (consumer, event_id) select ${consumer}, id from unnest(${[...new Set(ids)].sort()}::uuid[]) as id
    on conflict do nothing returning event_id`.execute(connection);
  return new Set(rows.map((row) => row.event_id));
}
