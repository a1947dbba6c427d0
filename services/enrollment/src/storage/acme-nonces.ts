import { sql, type Transaction } from "kysely";
import type { AcmePlace } from "../domain/acme/acme-order.ts";
import type { EnrollmentDatabase } from "./tables.ts";

type Connection = Transaction<EnrollmentDatabase>;

/** Writes a nonce, and leaves an enrollment no more than the newest so many. */
export async function addNonce(
  connection: Connection,
  { enrollmentId, tenant }: AcmePlace,
  nonce: string,
  { at, most }: { readonly at: Date; readonly most: number },
): Promise<void> {
  await sql`
    delete from acme_nonces where tenant = ${tenant} and enrollment_id = ${enrollmentId} and nonce in (
      select nonce from acme_nonces where tenant = ${tenant} and enrollment_id = ${enrollmentId}
      order by created_at desc, nonce offset ${most - 1})`.execute(connection);
  await connection
    .insertInto("acme_nonces")
    .values({ tenant, enrollment_id: enrollmentId, nonce, created_at: at })
    .execute();
}

/** Takes a nonce away; when it was told, or nothing when it was not or was used before. */
export async function takeNonce(
  connection: Connection,
  { enrollmentId, tenant }: AcmePlace,
  nonce: string,
): Promise<Date | undefined> {
  const row = await connection
    .deleteFrom("acme_nonces")
    .where("tenant", "=", tenant)
    .where("enrollment_id", "=", enrollmentId)
    .where("nonce", "=", nonce)
    .returning("created_at")
    .executeTakeFirst();
  return row?.created_at;
}
