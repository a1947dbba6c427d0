import type { ServiceDatabase } from "@muster/postgres/service-database";
import { sql } from "kysely";
import type { Principal } from "../domain/principal.ts";
import { rightsOf } from "./roles.ts";
import type { GatewayTables } from "./tables.ts";

/** A session ends when it rests this long, and in any case after the second. */
export const SESSION_IDLE_HOURS = 12;
const SESSION_MAX_DAYS = 30;

interface Found extends Omit<Principal, "actions" | "bounds"> {
  readonly hash: Buffer;
  /** What the role may, when it is the tenant's own. */
  readonly own: string[] | null;
  readonly ownLabels: string[] | null;
  /** The role of the user behind a token, if there is one. */
  readonly ownerRole: string | null;
  readonly ownerOwn: string[] | null;
  readonly ownerLabels: string[] | null;
}

/**
 * Finds out whose these secrets are and what they may now, all in one statement; what is unknown, expired, revoked or
 * disabled is nobody's, and so is the token of a user who is gone.
 */
export function findPrincipals(
  database: ServiceDatabase<GatewayTables>,
  hashes: readonly Buffer[],
  now: Date,
): Promise<(Principal | undefined)[]> {
  return database.system(async (work) => {
    const { rows } = await sql<Found>`
      select t.token_hash as hash, t.tenant, t.id, 'token:' || t.name as actor, t.role, r.actions as own,
        r.label_ids as "ownLabels", coalesce(t.owner_id::text, '') as "ownerId", u.role as "ownerRole", o.actions as "ownerOwn",
        o.label_ids as "ownerLabels", t.id::text as credential, 'token' as proof
      from api_tokens t left join users u on u.tenant = t.tenant and u.id = t.owner_id
      left join roles r on r.tenant = t.tenant and r.name = t.role
      left join roles o on o.tenant = t.tenant and o.name = u.role
      where t.token_hash = any(${hashes}::bytea[]) and t.revoked_at is null
        and (t.expires_at is null or t.expires_at > ${now}) and (t.owner_id is null or not (u.disabled or u.deprovisioned))
      union all
      select s.session_hash, s.tenant, u.id, u.email, u.role, r.actions, r.label_ids, u.id::text, null, null, null,
        left(encode(s.session_hash, 'hex'), 16), 'session'
      from sessions s join users u on u.tenant = s.tenant and u.id = s.user_id
      left join roles r on r.tenant = u.tenant and r.name = u.role
      where s.session_hash = any(${hashes}::bytea[]) and not u.disabled and not u.deprovisioned
        and s.last_used_at > ${now}::timestamptz - make_interval(hours => ${SESSION_IDLE_HOURS})
        and s.created_at > ${now}::timestamptz - make_interval(days => ${SESSION_MAX_DAYS})
        and (s.ends_at is null or s.ends_at > ${now})`.execute(work.sql);
    const found = new Map(rows.map((row) => [row.hash.toString("hex"), principalOf(row)]));
    return hashes.map((hash) => found.get(hash.toString("hex")));
  });
}

function principalOf(found: Found): Principal {
  const { actor, credential, id, own, ownerId, ownerLabels, ownerOwn, ownerRole, ownLabels, proof, role, tenant } =
    found;
  const rights = rightsOf(role, own);
  const owners = ownerRole === null ? undefined : rightsOf(ownerRole, ownerOwn);
  const actions = owners === undefined ? rights : rights.filter((action) => owners.includes(action));
  const bounds = [ownLabels ?? [], ownerLabels ?? []].filter((labels) => labels.length > 0);
  return { tenant, actor, role, actions, bounds, id, ownerId, credential, proof };
}

export interface Use {
  readonly hash: Buffer;
  readonly at: Date;
}

/** Notes when tokens and sessions were used last. */
export async function recordUses(database: ServiceDatabase<GatewayTables>, uses: readonly Use[]): Promise<void> {
  const [hashes, times] = [uses.map((use) => use.hash), uses.map((use) => use.at)];
  await database.system(async (work) => {
    for (const [table, column] of [
      ["api_tokens", "token_hash"],
      ["sessions", "session_hash"],
    ] as const) {
      await sql`
        update ${sql.table(table)} t set last_used_at = used.at
        from unnest(${hashes}::bytea[], ${times}::timestamptz[]) as used (hash, at)
        where t.${sql.ref(column)} = used.hash and (t.last_used_at is null or t.last_used_at < used.at)`.execute(
        work.sql,
      );
    }
  });
}

/** Removes sessions that ended by themselves, attempts that were given back and answers that are kept no longer. */
export async function removeExpired(database: ServiceDatabase<GatewayTables>, now: Date): Promise<void> {
  await database.system(async ({ sql: transaction }) => {
    await sql`delete from sessions
      where last_used_at < ${now}::timestamptz - make_interval(hours => ${SESSION_IDLE_HOURS}) or ends_at < ${now}`.execute(
      transaction,
    );
    await sql`delete from attempts where whole_at < ${now}`.execute(transaction);
    await sql`delete from idempotent_requests where started_at < ${now}::timestamptz - interval '24 hours'`.execute(
      transaction,
    );
  });
}
