import { type Selectable, sql, type Transaction } from "kysely";
import type { IssuedCertificate, PushCertificate } from "../domain/push/push-certificate.ts";
import type { ApplePushCertificatesTable, CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;
type Row = Selectable<ApplePushCertificatesTable>;

/** A certificate with its key, sealed. */
export type SealedCertificate = PushCertificate & {
  readonly sealedKey: Buffer;
  readonly warnedDays: number | undefined;
};

const certificateOf = (row: Row): SealedCertificate => ({
  tenant: row.tenant,
  id: row.id,
  appleAccount: row.apple_account,
  sealedKey: row.sealed_key,
  signingRequest: row.signing_request,
  createdBy: row.created_by,
  createdAt: row.created_at,
  issued: issuedOf(row),
  isCurrent: row.is_current,
  stoppedReason: row.stopped_reason,
  stoppedAt: row.stopped_at ?? undefined,
  warnedDays: row.warned_days ?? undefined,
});

function issuedOf(row: Row): IssuedCertificate | undefined {
  const { certificate, not_after, not_before, topic, uploaded_at } = row;
  if (certificate === null || topic === null || not_before === null || not_after === null || uploaded_at === null)
    return undefined;
  return {
    certificate,
    topic,
    serialNumber: row.serial_number ?? "",
    notBefore: not_before,
    notAfter: not_after,
    uploadedBy: row.uploaded_by ?? "",
    uploadedAt: uploaded_at,
  };
}

/** Everything that a tenant has, the newest first, locked against others who change it. */
export async function lockPushCertificates(
  db: Sql,
  tenant: string,
): Promise<(SealedCertificate & { readonly publicKey: Buffer })[]> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`push-certificates/${tenant}`}, 0))`.execute(db);
  const rows = await db
    .selectFrom("apple_push_certificates")
    .selectAll()
    .where("tenant", "=", tenant)
    .orderBy("created_at", "desc")
    .forUpdate()
    .execute();
  return rows.map((row) => ({ ...certificateOf(row), publicKey: row.public_key }));
}

export async function listPushCertificates(db: Sql, tenant: string): Promise<SealedCertificate[]> {
  const rows = await db
    .selectFrom("apple_push_certificates")
    .selectAll()
    .where("tenant", "=", tenant)
    .orderBy("created_at", "desc")
    .execute();
  return rows.map(certificateOf);
}

/** The certificates of these tenants that Apple issued. */
export async function findIssued(db: Sql, tenants: readonly string[]): Promise<SealedCertificate[]> {
  const { rows } = await sql<Row>`
    select * from apple_push_certificates where tenant = any(${tenants}::text[]) and certificate is not null`.execute(
    db,
  );
  return rows.map(certificateOf);
}

interface NewCertificate extends Pick<PushCertificate, "tenant" | "id" | "appleAccount" | "createdBy" | "createdAt"> {
  readonly sealedKey: Buffer;
  readonly publicKey: Buffer;
  readonly signingRequest: string;
}

export async function insertPushCertificate(db: Sql, added: NewCertificate): Promise<void> {
  await db
    .insertInto("apple_push_certificates")
    .values({
      tenant: added.tenant,
      id: added.id,
      apple_account: added.appleAccount,
      sealed_key: added.sealedKey,
      public_key: added.publicKey,
      signing_request: added.signingRequest,
      created_by: added.createdBy,
      created_at: added.createdAt,
    })
    .execute();
}

/** Gives an entry its certificate, and makes it the current one. Any other with its topic has done its work. */
export async function savePushCertificate(
  db: Sql,
  { appleAccount, id, tenant }: Pick<PushCertificate, "tenant" | "id" | "appleAccount">,
  issued: IssuedCertificate,
): Promise<void> {
  await sql`
    delete from apple_push_certificates where tenant = ${tenant} and topic = ${issued.topic} and id <> ${id}`.execute(
    db,
  );
  await sql`
    update apple_push_certificates set is_current = false where tenant = ${tenant} and is_current and id <> ${id}`.execute(
    db,
  );
  await db
    .updateTable("apple_push_certificates")
    .set({
      apple_account: appleAccount,
      certificate: issued.certificate,
      topic: issued.topic,
      serial_number: issued.serialNumber,
      not_before: issued.notBefore,
      not_after: issued.notAfter,
      uploaded_by: issued.uploadedBy,
      uploaded_at: issued.uploadedAt,
      is_current: true,
      stopped_reason: "",
      stopped_at: null,
      warned_days: null,
    })
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .execute();
}

type Key = Pick<PushCertificate, "tenant" | "id">;

/** Notes that the push service refuses a certificate; false when that is noted already. */
export async function notePushStop(db: Sql, { id, tenant }: Key, reason: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    with held as (select tenant, id, stopped_reason from apple_push_certificates
      where tenant = ${tenant} and id = ${id} for update)
    update apple_push_certificates c set stopped_reason = ${reason}, stopped_at = ${now} from held
    where c.tenant = held.tenant and c.id = held.id returning held.stopped_reason`.execute(db);
  return rows.length > 0 && (rows[0] as { stopped_reason: string }).stopped_reason !== reason;
}

export async function forgetPushStop(db: Sql, { id, tenant }: Key): Promise<void> {
  await sql`
    update apple_push_certificates set stopped_reason = '', stopped_at = null
    where tenant = ${tenant} and id = ${id}`.execute(db);
}

/** The certificates of all tenants that end before this, locked; what another replica looks at is left to it. */
export async function lockEnding(db: Sql, before: Date): Promise<SealedCertificate[]> {
  const { rows } = await sql<Row>`
    select * from apple_push_certificates where not_after <= ${before} for update skip locked`.execute(db);
  return rows.map(certificateOf);
}

export async function noteWarning(db: Sql, { id, tenant }: Key, days: number): Promise<void> {
  await sql`
    update apple_push_certificates set warned_days = ${days} where tenant = ${tenant} and id = ${id}`.execute(db);
}
