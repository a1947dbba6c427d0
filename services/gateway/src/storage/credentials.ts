import type { ServiceDatabase } from "@muster/postgres/service-database";
import { sql } from "kysely";
import type { Principal } from "../domain/principal.ts";
import type { Role } from "../domain/roles.ts";
import type { GatewayTables } from "./tables.ts";

/** A session ends when it rests this long, and in any case after the second. */
export const SESSION_IDLE_HOURS = 12;
const SESSION_MAX_DAYS = 30;

interface Found {
  readonly hash: Buffer;
  readonly tenant: string;
  readonly id: string;
  readonly actor: string;
  readonly role: Role;
  readonly credential: string;
  readonly proof: "token" | "session";
}

/** Finds out whose these secrets are, all in one statement; what is unknown, expired, revoked or disabled is nobody's. */
export function findPrincipals(
  database: ServiceDatabase<GatewayTables>,
  hashes: readonly Buffer[],
  now: Date,
): Promise<(Principal | undefined)[]> {
  return database.system(async (work) => {
    const { rows } = await sql<Found>`
      select token_hash as hash, tenant, id, 'token:' || name as actor, role, id::text as credential, 'token' as proof from api_tokens
      where token_hash = any(${hashes}::bytea[]) and revoked_at is null and (expires_at is null or expires_at > ${now})
      union all
      select s.session_hash, s.tenant, u.id, u.email, u.role, left(encode(s.session_hash, 'hex'), 16), 'session'
      from sessions s join users u on u.tenant = s.tenant and u.id = s.user_id
      where s.session_hash = any(${hashes}::bytea[]) and not u.disabled
        and s.last_used_at > ${now}::timestamptz - make_interval(hours => ${SESSION_IDLE_HOURS})
        and s.created_at > ${now}::timestamptz - make_interval(days => ${SESSION_MAX_DAYS})`.execute(work.sql);
    const found = new Map(rows.map(({ hash, ...principal }) => [hash.toString("hex"), principal]));
    return hashes.map((hash) => found.get(hash.toString("hex")));
  });
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

/** Removes sessions that ended by themselves and answers that are kept no longer. */
export async function removeExpired(database: ServiceDatabase<GatewayTables>, now: Date): Promise<void> {
  await database.system(async ({ sql: transaction }) => {
    await sql`delete from sessions
      where last_used_at < ${now}::timestamptz - make_interval(hours => ${SESSION_IDLE_HOURS})`.execute(transaction);
    await sql`delete from idempotent_requests where started_at < ${now}::timestamptz - interval '24 hours'`.execute(
      transaction,
    );
  });
}
