import { type Selectable, sql, type Transaction } from "kysely";
import type { EnrollSecret } from "../domain/enroll-secret.ts";
import type { SecretUses } from "../usecases/ports.ts";
import type { EnrollmentDatabase, EnrollSecretTable } from "./tables.ts";

type Connection = Transaction<EnrollmentDatabase>;

const secretOf = (row: Selectable<EnrollSecretTable>): EnrollSecret => ({
  tenant: row.tenant,
  id: row.id,
  name: row.name,
  sha256: row.sha256,
  hint: row.hint,
  ownership: row.ownership,
  uses: Number(row.uses),
  createdAt: row.created_at,
  expiresAt: row.expires_at ?? undefined,
  revokedAt: row.revoked_at ?? undefined,
});

export async function secretsByHash(
  connection: Connection,
  sha256: readonly string[],
): Promise<Map<string, EnrollSecret>> {
  const rows = await connection
    .selectFrom("enroll_secrets")
    .selectAll()
    .where("sha256", "in", [...sha256])
    .execute();
  return new Map(rows.map((row) => [row.sha256, secretOf(row)]));
}

export async function listSecrets(connection: Connection, tenant: string): Promise<EnrollSecret[]> {
  const query = connection.selectFrom("enroll_secrets").selectAll().where("tenant", "=", tenant).orderBy("id", "desc");
  return (await query.execute()).map(secretOf);
}

export async function addSecret(connection: Connection, secret: EnrollSecret): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await connection
    .insertInto("enroll_secrets")
    .values({
      tenant: secret.tenant,
      id: secret.id,
      name: secret.name,
      sha256: secret.sha256,
      hint: secret.hint,
      ownership: secret.ownership,
      created_at: secret.createdAt,
      expires_at: secret.expiresAt ?? null,
      revoked_at: null,
    })
    .onConflict((conflict) => conflict.column("sha256").doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

export async function revokeSecret(
  connection: Connection,
  tenant: string,
  id: string,
  at: Date,
): Promise<EnrollSecret | undefined> {
  const row = await connection
    .updateTable("enroll_secrets")
    .set({ revoked_at: sql`coalesce(revoked_at, ${at})` })
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : secretOf(row);
}

export async function countSecretUses(connection: Connection, uses: readonly SecretUses[]): Promise<void> {
  // In the order of the ids, so that two batches with the same secrets cannot wait for each other.
  for (const { tenant, id, count } of uses.toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
    await sql`update enroll_secrets set uses = uses + ${count} where tenant = ${tenant} and id = ${id}`.execute(
      connection,
    );
  }
}
