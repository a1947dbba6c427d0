import type { JWK } from "jose";
import { sql, type Transaction } from "kysely";
import type { AcmePlace } from "../domain/acme/acme-order.ts";
import type { EnrollmentDatabase } from "./tables.ts";

type Connection = Transaction<EnrollmentDatabase>;

/** The key that signs requests about an enrollment. */
export interface AcmeAccount extends AcmePlace {
  /** The key's thumbprint (RFC 7638). */
  readonly id: string;
  readonly jwk: JWK;
  readonly expiresAt: Date;
}

/** Whether one was added; false when the key has one already. */
export async function addAccount(connection: Connection, account: AcmeAccount): Promise<boolean> {
  const { enrollmentId, expiresAt, id, jwk, tenant } = account;
  const { numInsertedOrUpdatedRows = 0n } = await connection
    .insertInto("acme_accounts")
    .values({ tenant, enrollment_id: enrollmentId, id, jwk, expires_at: expiresAt })
    .onConflict((conflict) => conflict.columns(["tenant", "enrollment_id", "id"]).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows > 0n;
}

export async function findAccount(
  connection: Connection,
  { enrollmentId, tenant }: AcmePlace,
  id: string,
): Promise<AcmeAccount | undefined> {
  const row = await connection
    .selectFrom("acme_accounts")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("enrollment_id", "=", enrollmentId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && { tenant, enrollmentId, id, jwk: row.jwk, expiresAt: row.expires_at };
}

export async function countAccounts(connection: Connection, { enrollmentId, tenant }: AcmePlace): Promise<number> {
  const { count } = await connection
    .selectFrom("acme_accounts")
    .select(({ fn }) => fn.countAll<string>().as("count"))
    .where("tenant", "=", tenant)
    .where("enrollment_id", "=", enrollmentId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Ends an enrollment's accounts, or one of them, with their orders. */
export async function endAccounts(
  connection: Connection,
  { enrollmentId, tenant }: AcmePlace,
  id?: string,
): Promise<void> {
  let ending = connection
    .deleteFrom("acme_accounts")
    .where("tenant", "=", tenant)
    .where("enrollment_id", "=", enrollmentId);
  if (id !== undefined) ending = ending.where("id", "=", id);
  await ending.execute();
}

/** Removes what is past its time, of all tenants. */
export async function sweepAcme(connection: Connection, now: Date, noncesBefore: Date): Promise<void> {
  await sql`delete from acme_accounts where expires_at <= ${now}`.execute(connection);
  await sql`delete from acme_nonces where created_at <= ${noncesBefore}`.execute(connection);
}
