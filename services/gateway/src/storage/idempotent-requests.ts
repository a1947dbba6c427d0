import type { ServiceDatabase } from "@muster/postgres/service-database";
import { sql } from "kysely";
import type { GatewayTables } from "./tables.ts";

export interface RequestKey {
  readonly tenant: string;
  readonly principal: string;
  readonly key: string;
}

export interface EarlierRequest {
  readonly requestHash: Buffer;
  /** Null while it is in work. */
  readonly status: number | null;
  readonly answer: Buffer | null;
}

/** Longer than any request is in work: whoever began it has died. */
const ABANDONED_AFTER_SEC = 60;
const KEPT_HOURS = 24;

/** Notes that a request begins, or tells of the one that began before it with the same key. */
export function startRequest(
  database: ServiceDatabase<GatewayTables>,
  { tenant, principal, key, requestHash, now }: RequestKey & { readonly requestHash: Buffer; readonly now: Date },
): Promise<EarlierRequest | undefined> {
  return database.tenant(tenant, async (work) => {
    const { rows } = await sql<{ key: string }>`
      insert into idempotent_requests as r (tenant, principal, key, request_hash, started_at)
      values (${tenant}, ${principal}, ${key}, ${requestHash}, ${now})
      on conflict (tenant, principal, key) do update
        set request_hash = excluded.request_hash, started_at = excluded.started_at, status = null, answer = null
        where r.started_at < ${now}::timestamptz - make_interval(hours => ${KEPT_HOURS})
          or (r.status is null and r.request_hash = excluded.request_hash
            and r.started_at < ${now}::timestamptz - make_interval(secs => ${ABANDONED_AFTER_SEC}))
      returning key`.execute(work.sql);
    if (rows.length > 0) return undefined;
    const earlier = await work.sql
      .selectFrom("idempotent_requests")
      .select(["request_hash", "status", "answer"])
      .where("tenant", "=", tenant)
      .where("principal", "=", principal)
      .where("key", "=", key)
      .executeTakeFirst();
    // Gone between the two statements: its work failed just now. To the caller it is still in work.
    if (earlier === undefined) return { requestHash, status: null, answer: null };
    return { requestHash: earlier.request_hash, status: earlier.status, answer: earlier.answer };
  });
}

export async function finishRequest(
  database: ServiceDatabase<GatewayTables>,
  { tenant, principal, key }: RequestKey,
  status: number,
  answer: Buffer,
): Promise<void> {
  await database.tenant(tenant, (work) =>
    work.sql
      .updateTable("idempotent_requests")
      .set({ status, answer })
      .where("tenant", "=", tenant)
      .where("principal", "=", principal)
      .where("key", "=", key)
      .execute(),
  );
}

export async function forgetRequest(
  database: ServiceDatabase<GatewayTables>,
  { tenant, principal, key }: RequestKey,
): Promise<void> {
  await database.tenant(tenant, (work) =>
    work.sql
      .deleteFrom("idempotent_requests")
      .where("tenant", "=", tenant)
      .where("principal", "=", principal)
      .where("key", "=", key)
      .execute(),
  );
}
