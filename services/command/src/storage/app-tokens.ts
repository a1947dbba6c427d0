import { sql, type Transaction } from "kysely";
import type { CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

/** A location of Apps and Books, as far as it may be shown. */
export interface AppTokenRow {
  readonly tenant: string;
  readonly id: string;
  readonly organization: string;
  readonly location: string;
  readonly apple_id: string;
  readonly expires_at: Date;
  readonly warned_days: number | null;
  readonly claimed_by: string;
  readonly problem: string;
  readonly synced_at: Date | null;
  readonly created_by: string;
  readonly failures: number;
}

export interface SealedAppToken extends AppTokenRow {
  readonly sealed: Buffer;
}

const SHOWN = sql.raw(
  "tenant, id, organization, location, apple_id, expires_at, warned_days, claimed_by, problem, synced_at, created_by, failures",
);

export interface NewAppToken {
  readonly tenant: string;
  readonly id: string;
  readonly sealed: Buffer;
  readonly organization: string;
  readonly location: string;
  readonly appleId: string;
  readonly expiresAt: Date;
  readonly createdBy: string;
  readonly now: Date;
}

export async function listAppTokens(db: Sql, tenant: string): Promise<AppTokenRow[]> {
  const { rows } = await sql<AppTokenRow>`
    select ${SHOWN} from app_tokens where tenant = ${tenant} order by lower(location), id`.execute(db);
  return rows;
}

/** The id of the token of a location, if there is one. */
export async function findAppTokenOf(db: Sql, tenant: string, appleId: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from app_tokens where tenant = ${tenant} and apple_id = ${appleId}`.execute(db);
  return rows[0]?.id;
}

/** Keeps a token, or the new one of a location that is there; what was wrong with the old one is forgotten. */
export async function putAppToken(db: Sql, token: NewAppToken): Promise<AppTokenRow> {
  const { rows } = await sql<AppTokenRow>`
    insert into app_tokens (tenant, id, sealed, organization, location, apple_id, expires_at, created_by, due_at)
    values (${token.tenant}, ${token.id}, ${token.sealed}, ${token.organization}, ${token.location}, ${token.appleId},
      ${token.expiresAt}, ${token.createdBy}, ${token.now})
    on conflict (tenant, id) do update set sealed = excluded.sealed, organization = excluded.organization,
      location = excluded.location, expires_at = excluded.expires_at, created_by = excluded.created_by,
      due_at = excluded.due_at, warned_days = null, claimed_by = '', problem = '', failures = 0, synced_at = null
    returning ${SHOWN}`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error("the token was not kept");
  return row;
}

export async function deleteAppToken(db: Sql, tenant: string, id: string): Promise<boolean> {
  const { rows } = await sql`delete from app_tokens where tenant = ${tenant} and id = ${id} returning id`.execute(db);
  return rows.length > 0;
}

/** A replica that dies leaves its tokens to others after this time. */
const LEASE_MS = 120_000;

/** Takes the tokens, of all tenants, whose time has come and on which nobody works. */
export async function claimAppTokens(db: Sql, now: Date, limit: number): Promise<SealedAppToken[]> {
  const until = new Date(now.getTime() + LEASE_MS);
  const { rows } = await sql<SealedAppToken>`
    with due as (
      select tenant, id from app_tokens where due_at <= ${now} and (lease_until is null or lease_until <= ${now})
      order by due_at limit ${limit} for update skip locked
    )
    update app_tokens t set lease_until = ${until}, due_at = ${until} from due
    where t.tenant = due.tenant and t.id = due.id
    returning t.tenant, t.id, t.sealed, t.organization, t.location, t.apple_id, t.expires_at, t.warned_days, t.claimed_by,
      t.problem, t.synced_at, t.created_by, t.failures`.execute(db);
  return rows;
}

export interface AppTokenState {
  readonly dueAt: Date;
  readonly problem: string;
  readonly failures: number;
}

/** Lets a token go; what became due meanwhile stays due, and what is said of an earlier token is not said of a new one. */
export async function releaseAppToken(db: Sql, token: SealedAppToken, state: AppTokenState): Promise<void> {
  const { id, sealed, tenant } = token;
  await sql`
    update app_tokens set lease_until = null,
      due_at = case when due_at < lease_until then least(due_at, ${state.dueAt}) else ${state.dueAt} end, 
      problem = case when sealed = ${sealed} then ${state.problem} else problem end,
      failures = case when sealed = ${sealed} then ${state.failures}::int else failures end
    where tenant = ${tenant} and id = ${id}`.execute(db);
}

export interface SyncedToken {
  readonly location: string;
  readonly claimedBy: string;
  readonly expiresAt: Date;
  readonly syncedAt: Date;
}

/** @returns nothing when the token was renewed, or is gone, since it was read */
export async function noteSynced(
  db: Sql,
  { id, sealed, tenant }: SealedAppToken,
  synced: SyncedToken,
): Promise<AppTokenRow | undefined> {
  const { rows } = await sql<AppTokenRow>`
    update app_tokens set location = ${synced.location}, claimed_by = ${synced.claimedBy}, expires_at = ${synced.expiresAt},
      synced_at = ${synced.syncedAt}
    where tenant = ${tenant} and id = ${id} and sealed = ${sealed} returning ${SHOWN}`.execute(db);
  return rows[0];
}

/** Notes that somebody is told of the token's end. @returns nothing when it was renewed, or is gone, since it was read */
export async function noteWarned(
  db: Sql,
  { id, sealed, tenant }: SealedAppToken,
  daysLeft: number,
): Promise<AppTokenRow | undefined> {
  const { rows } = await sql<AppTokenRow>`
    update app_tokens set warned_days = ${daysLeft}
    where tenant = ${tenant} and id = ${id} and sealed = ${sealed} returning ${SHOWN}`.execute(db);
  return rows[0];
}

/** There is work for these tokens now. */
export async function makeTokensDue(db: Sql, tenant: string, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update app_tokens set due_at = ${now} where tenant = ${tenant} and id = any(${[...new Set(ids)].sort()}::uuid[])
      and due_at > ${now}`.execute(db);
}
