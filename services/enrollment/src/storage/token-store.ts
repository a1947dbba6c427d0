import { type Selectable, sql, type Transaction } from "kysely";
import type { EnrollmentToken } from "../domain/enrollment-token.ts";
import type { EnrollmentDatabase, EnrollmentTokenTable } from "./tables.ts";

type Connection = Transaction<EnrollmentDatabase>;

const tokenOf = (row: Selectable<EnrollmentTokenTable>): EnrollmentToken => ({
  tenant: row.tenant,
  id: row.id,
  name: row.name,
  sha256: row.sha256,
  ownership: row.ownership,
  maxUses: row.max_uses,
  uses: row.uses,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at ?? undefined,
});

/** The token, locked: it cannot be used more often than it allows, however many use it at once. */
export async function tokenByHash(connection: Connection, sha256: string): Promise<EnrollmentToken | undefined> {
  const row = await connection
    .selectFrom("enrollment_tokens")
    .selectAll()
    .where("sha256", "=", sha256)
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? undefined : tokenOf(row);
}

export async function listTokens(connection: Connection, tenant: string): Promise<EnrollmentToken[]> {
  const query = connection
    .selectFrom("enrollment_tokens")
    .selectAll()
    .where("tenant", "=", tenant)
    .orderBy("id", "desc");
  return (await query.execute()).map(tokenOf);
}

export async function addToken(connection: Connection, token: EnrollmentToken): Promise<void> {
  await connection
    .insertInto("enrollment_tokens")
    .values({
      tenant: token.tenant,
      id: token.id,
      name: token.name,
      sha256: token.sha256,
      ownership: token.ownership,
      max_uses: token.maxUses,
      created_at: token.createdAt,
      expires_at: token.expiresAt,
      revoked_at: null,
    })
    .execute();
}

export async function revokeToken(
  connection: Connection,
  tenant: string,
  id: string,
  at: Date,
): Promise<EnrollmentToken | undefined> {
  const row = await connection
    .updateTable("enrollment_tokens")
    .set({ revoked_at: sql`coalesce(revoked_at, ${at})` })
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : tokenOf(row);
}

export async function countTokenUse(connection: Connection, { tenant, id }: EnrollmentToken): Promise<void> {
  await sql`update enrollment_tokens set uses = uses + 1 where tenant = ${tenant} and id = ${id}`.execute(connection);
}

export async function replaceToken(
  connection: Connection,
  tenant: string,
  id: string,
  sha256: string,
): Promise<EnrollmentToken | undefined> {
  const row = await connection
    .updateTable("enrollment_tokens")
    .set({ sha256 })
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .where("revoked_at", "is", null)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : tokenOf(row);
}
