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
    insert into inbox (consumer, event_id) select ${consumer}, id from unnest(${[...new Set(ids)]}::uuid[]) as id
    on conflict do nothing returning event_id`.execute(connection);
  return new Set(rows.map((row) => row.event_id));
}

export interface DeadLetter {
  readonly consumer: string;
  readonly event_id: string;
  readonly type: string;
  readonly tenant: string;
  readonly device_id: string;
  readonly headers: string;
  readonly body: string;
  readonly reason: string;
}

/** Sets an event aside that cannot be used, with the reason, so that its neighbours go on. */
export async function park<DB>(connection: Kysely<DB>, letter: DeadLetter): Promise<void> {
  await sql`
    insert into dead_letters (consumer, event_id, type, tenant, device_id, headers, body, reason)
    values (${letter.consumer}, ${letter.event_id}, ${letter.type}, ${letter.tenant}, ${letter.device_id},
      ${letter.headers}::jsonb, ${letter.body}, ${letter.reason})
    on conflict do nothing`.execute(connection);
}
