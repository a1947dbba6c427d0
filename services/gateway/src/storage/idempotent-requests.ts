import type { ServiceDatabase } from "@muster/postgres/service-database";
import { sql } from "kysely";
import type { GatewayTables } from "./tables.ts";

type Database = ServiceDatabase<GatewayTables>;

export interface RequestKey {
  readonly tenant: string;
  readonly principal: string;
  readonly key: string;
}

/** A request that this process has in work. Who takes it over begins at another time. */
export interface OwnRequest extends RequestKey {
  readonly startedAt: Date;
}

export interface EarlierRequest {
  readonly requestHash: Buffer;
  /** Null while it is in work. */
  readonly status: number | null;
  readonly answer: Buffer | null;
}

/** A request that is in work for so much longer than its call may take was begun by a process that has died. */
const BESIDES_SEC = 10;
const KEPT_HOURS = 24;

export interface NewRequest extends RequestKey {
  readonly requestHash: Buffer;
  /** How long the call may take that it is passed on with. */
  readonly callSec: number;
  readonly now: Date;
}

/** Notes that a request begins, or tells of the one that began before it with the same key. */
export function startRequest(
  database: Database,
  { tenant, principal, key, requestHash, callSec, now }: NewRequest,
): Promise<OwnRequest | EarlierRequest> {
  const abandonedAfterSec = callSec + BESIDES_SEC;
  return database.tenant(tenant, async (work) => {
    // Looked at before it is tried: who waits for an answer asks this again and again, and locks nothing.
    const { rows: earlier } = await sql<EarlierRequest>`
      select request_hash as "requestHash", status, answer from idempotent_requests
      where tenant = ${tenant} and principal = ${principal} and key = ${key}
        and started_at >= ${now}::timestamptz - make_interval(hours => ${KEPT_HOURS})
        and (status is not null or request_hash <> ${requestHash}
          or started_at >= ${now}::timestamptz - make_interval(secs => ${abandonedAfterSec}))`.execute(work.sql);
    if (earlier[0] !== undefined) return earlier[0];
    const { rows: begun } = await sql`
      insert into idempotent_requests as r (tenant, principal, key, request_hash, started_at)
      values (${tenant}, ${principal}, ${key}, ${requestHash}, ${now})
      on conflict (tenant, principal, key) do update
        set request_hash = excluded.request_hash, started_at = excluded.started_at, status = null, answer = null
        where r.started_at < ${now}::timestamptz - make_interval(hours => ${KEPT_HOURS})
          or (r.status is null and r.request_hash = excluded.request_hash
            and r.started_at < ${now}::timestamptz - make_interval(secs => ${abandonedAfterSec}))
      returning key`.execute(work.sql);
    if (begun.length > 0) return { tenant, principal, key, startedAt: now };
    // Somebody else began between the two statements.
    return { requestHash, status: null, answer: null };
  });
}

/** Keeps the answer; not done, and false, when somebody took the request over meanwhile. */
export const finishRequest = (
  database: Database,
  { tenant, principal, key, startedAt }: OwnRequest,
  status: number,
  answer: Buffer,
): Promise<boolean> =>
  database.tenant(tenant, async (work) => {
    const { numUpdatedRows } = await work.sql
      .updateTable("idempotent_requests")
      .set({ status, answer })
      .where("tenant", "=", tenant)
      .where("principal", "=", principal)
      .where("key", "=", key)
      .where("started_at", "=", startedAt)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  });

export async function forgetRequest(
  database: Database,
  { tenant, principal, key, startedAt }: OwnRequest,
): Promise<void> {
  await database.tenant(tenant, (work) =>
    work.sql
      .deleteFrom("idempotent_requests")
      .where("tenant", "=", tenant)
      .where("principal", "=", principal)
      .where("key", "=", key)
      .where("started_at", "=", startedAt)
      .execute(),
  );
}
