import { sql, type Transaction } from "kysely";
import type { PolicyTables } from "../tables.ts";

/** What a device asks for. */
export interface Asked {
  readonly tenant: string;
  readonly deviceId: string;
  readonly userId: string;
  readonly what: "tokens" | "declaration-items" | "declaration";
  /** Of a single declaration. */
  readonly kind: string;
  readonly identifier: string;
}

export interface Found {
  /** The set of the channel; nothing when there is no such channel. */
  readonly digest: string | null;
  readonly changedAt: Date | null;
  /** What was asked for, unless it was the tokens. */
  readonly body: string | null;
}

/** Answers many devices with one statement: the channel's row, and what its set holds under one key. */
export async function findAnswers(db: Transaction<PolicyTables>, asked: readonly Asked[]): Promise<Found[]> {
  const { rows } = await sql<Found>`
    select c.digest, c.changed_at as "changedAt", coalesce(s.items, b.body) as body
    from unnest(${asked.map(({ tenant }) => tenant)}::text[], ${asked.map(({ deviceId }) => deviceId)}::text[],
      ${asked.map(({ userId }) => userId)}::text[], ${asked.map(({ what }) => what)}::text[],
      ${asked.map(({ kind }) => kind)}::text[], ${asked.map(({ identifier }) => identifier)}::text[])
      with ordinality as a (tenant, device_id, user_id, what, kind, identifier, n)
    left join declaring_channels c on c.tenant = a.tenant and c.device_id = a.device_id and c.user_id = a.user_id
    left join declaration_sets s on a.what = 'declaration-items' and s.tenant = c.tenant and s.digest = c.digest
    left join declaration_set_members m on a.what = 'declaration' and m.tenant = c.tenant and m.digest = c.digest
      and m.kind = a.kind and m.identifier = a.identifier
    left join declaration_bodies b on b.tenant = m.tenant and b.server_token = m.server_token
    order by a.n`.execute(db);
  return rows;
}
