import type { Insertable, Selectable, Transaction } from "kysely";
import type { AcmeOrder, AcmePlace } from "../domain/acme/acme-order.ts";
import type { AcmeOrderTable } from "./acme-tables.ts";
import type { EnrollmentDatabase } from "./tables.ts";

type Connection = Transaction<EnrollmentDatabase>;

const orderOf = (row: Selectable<AcmeOrderTable>): AcmeOrder => ({
  tenant: row.tenant,
  id: row.id,
  enrollmentId: row.enrollment_id,
  accountId: row.account_id,
  identifier: row.identifier,
  challengeSha256: row.challenge_sha256,
  token: row.token,
  status: row.status,
  problem: row.problem ?? undefined,
  attestedKey: row.attested_key ?? undefined,
  attested: row.attested ?? undefined,
  certificate: row.certificate ?? undefined,
  createdAt: row.created_at,
  validatedAt: row.validated_at ?? undefined,
  expiresAt: row.expires_at,
});

const rowOf = (order: AcmeOrder): Insertable<AcmeOrderTable> => ({
  tenant: order.tenant,
  id: order.id,
  enrollment_id: order.enrollmentId,
  account_id: order.accountId,
  identifier: order.identifier,
  challenge_sha256: order.challengeSha256,
  token: order.token,
  status: order.status,
  problem: order.problem ?? null,
  attested_key: order.attestedKey ?? null,
  attested: order.attested ?? null,
  certificate: order.certificate ?? null,
  created_at: order.createdAt,
  validated_at: order.validatedAt ?? null,
  expires_at: order.expiresAt,
});

/** Writes an order, new or changed. */
export async function putOrder(connection: Connection, order: AcmeOrder): Promise<void> {
  const row = rowOf(order);
  await connection
    .insertInto("acme_orders")
    .values(row)
    .onConflict((conflict) => conflict.columns(["tenant", "id"]).doUpdateSet(row))
    .execute();
}

/** The orders of an account, oldest first. */
export async function ordersOf(
  connection: Connection,
  { enrollmentId, tenant }: AcmePlace,
  accountId: string,
): Promise<AcmeOrder[]> {
  const rows = await connection
    .selectFrom("acme_orders")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("enrollment_id", "=", enrollmentId)
    .where("account_id", "=", accountId)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  return rows.map(orderOf);
}
