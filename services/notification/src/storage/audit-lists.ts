import { decodePageToken, pageSize, toPage } from "@muster/postgres/page";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { AuditRecord } from "../domain/audit-head.ts";
import type { NotificationTables } from "./tables.ts";

export interface AuditFilter {
  readonly actor: string;
  readonly action: string;
  readonly deviceId: string;
  /** The name of an AuditOutcome; empty means all. */
  readonly outcome: string;
  /** LIKE patterns; none means all types. */
  readonly typePatterns: readonly string[];
  readonly since: Date | undefined;
  readonly until: Date | undefined;
}

/** A record as it is stored, whatever was done to it. */
export type StoredRecord = Omit<AuditRecord, "tenant">;

interface RecordRow extends Omit<StoredRecord, "number" | "sealedAt" | "deviceId" | "contentHash" | "previousHash"> {
  number: string;
  sealed_at: Date;
  device_id: string;
  content_hash: string;
  previous_hash: string;
}

const COLUMNS = sql`number, sealed_at, content, encode(content_hash, 'hex') as content_hash,
  encode(previous_hash, 'hex') as previous_hash, encode(hash, 'hex') as hash, type, time, actor, device_id, action, outcome`;

const recordOf = ({ sealed_at, device_id, content_hash, previous_hash, ...row }: RecordRow): StoredRecord => ({
  ...row,
  number: Number(row.number),
  sealedAt: sealed_at,
  deviceId: device_id,
  contentHash: content_hash,
  previousHash: previous_hash,
});

function matching(tenant: string, filter: AuditFilter): RawBuilder<unknown>[] {
  const { actor, action, deviceId, outcome, typePatterns, since, until } = filter;
  return [
    sql`tenant = ${tenant}`,
    ...(actor !== "" ? [sql`actor = ${actor} and actor <> ''`] : []),
    ...(action !== "" ? [sql`action = ${action} and action <> ''`] : []),
    ...(deviceId !== "" ? [sql`device_id = ${deviceId} and device_id <> ''`] : []),
    ...(outcome !== "" ? [sql`outcome = ${outcome} and outcome <> ''`] : []),
    ...(typePatterns.length > 0 ? [sql`type like any(${typePatterns}::text[])`] : []),
    ...(since !== undefined ? [sql`time >= ${since}`] : []),
    ...(until !== undefined ? [sql`time < ${until}`] : []),
  ];
}

/** One page of records, newest first. */
export async function listRecords<DB extends NotificationTables>(
  db: Kysely<DB>,
  tenant: string,
  filter: AuditFilter,
  page: { readonly pageSize: number; readonly pageToken: string },
): Promise<{ rows: StoredRecord[]; nextPageToken: string }> {
  const size = pageSize(page.pageSize);
  const [before] = decodePageToken(page.pageToken, 1) ?? [];
  const conditions = matching(tenant, filter);
  if (before !== undefined) conditions.push(sql`number < ${before}::bigint`);
  const { rows } = await sql<RecordRow>`
    select ${COLUMNS} from audit_records where ${sql.join(conditions, sql` and `)}
    order by number desc limit ${size + 1}`.execute(db);
  return toPage(rows.map(recordOf), size, ({ number }) => [String(number)]);
}

/** The records after a number, in order. */
export async function readRecords<DB extends NotificationTables>(
  db: Kysely<DB>,
  tenant: string,
  filter: AuditFilter,
  after: number,
  limit: number,
): Promise<StoredRecord[]> {
  const conditions = [...matching(tenant, filter), sql`number > ${after}`];
  const { rows } = await sql<RecordRow>`
    select ${COLUMNS} from audit_records where ${sql.join(conditions, sql` and `)}
    order by number limit ${limit}`.execute(db);
  return rows.map(recordOf);
}

export async function findRecord<DB extends NotificationTables>(
  db: Kysely<DB>,
  tenant: string,
  number: number,
): Promise<StoredRecord | undefined> {
  const { rows } = await sql<RecordRow>`
    select ${COLUMNS} from audit_records where tenant = ${tenant} and number = ${number}`.execute(db);
  return rows.map(recordOf)[0];
}

/** Where a chain begins and ends by its own account; nothing when the tenant has none. */
export async function readSpan<DB extends NotificationTables>(
  db: Kysely<DB>,
  tenant: string,
): Promise<{ readonly beginsAfter: number; readonly number: number; readonly signedThrough: number }> {
  const { rows } = await sql<{ begins_after: string; number: string; signed_through: string }>`
    select begins_after, number, signed_through from audit_chains where tenant = ${tenant}`.execute(db);
  const [row] = rows;
  return {
    beginsAfter: Number(row?.begins_after ?? 0),
    number: Number(row?.number ?? 0),
    signedThrough: Number(row?.signed_through ?? 0),
  };
}

export interface Stray {
  readonly number: number;
  /** What stands where the chain by its own account has nothing. */
  readonly kind: "record" | "checkpoint";
}

/** The first record or checkpoint outside the chain, found in one statement, so that one which is just added is none. */
export async function findStray<DB extends NotificationTables>(
  db: Kysely<DB>,
  tenant: string,
): Promise<Stray | undefined> {
  const { rows } = await sql<{ number: string; kind: Stray["kind"] }>`
    with c as (select ${tenant}::text as tenant, coalesce(max(begins_after), 0) as begins_after, coalesce(max(number), 0) as number,
      coalesce(max(signed_through), 0) as signed_through from audit_chains where tenant = ${tenant})
    select * from (
      select r.number, 'record' as kind from c join audit_records r on r.tenant = c.tenant and r.number > c.number
      union all
      select r.number, 'record' from c join audit_records r on r.tenant = c.tenant and r.number <= c.begins_after
      union all
      select k.number, 'checkpoint' from c join audit_checkpoints k on k.tenant = c.tenant and k.number > c.signed_through
    ) as stray order by number limit 1`.execute(db);
  return rows.map((row) => ({ ...row, number: Number(row.number) }))[0];
}
