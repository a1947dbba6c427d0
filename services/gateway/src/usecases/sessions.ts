import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Transaction } from "kysely";
import { hashSecret, newSessionSecret } from "../domain/secrets.ts";
import type { GatewayTables } from "../storage/tables.ts";

interface Person {
  readonly tenant: string;
  readonly id: string;
}

/** Opens a session, and notes that the person signed in. With a time it ends then, however much it is used. */
export async function openSession(
  sql: Transaction<GatewayTables>,
  { id, tenant }: Person,
  now: Date,
  endsAt?: Date,
): Promise<string> {
  const session = newSessionSecret();
  await sql
    .insertInto("sessions")
    .values({
      tenant,
      user_id: id,
      session_hash: hashSecret(session),
      created_at: now,
      last_used_at: now,
      ends_at: endsAt ?? null,
    })
    .execute();
  await sql
    .updateTable("users")
    .set({ last_sign_in_at: now })
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .execute();
  return session;
}

/** Ends all of a person's. */
export async function endSessions(sql: Transaction<GatewayTables>, { id, tenant }: Person): Promise<void> {
  await sql.deleteFrom("sessions").where("tenant", "=", tenant).where("user_id", "=", id).execute();
}

/** Ends the tokens that rest on a person's rights. */
export async function revokeTokensOf(
  sql: Transaction<GatewayTables>,
  { id, tenant }: Person,
  now: Date,
): Promise<void> {
  await sql
    .updateTable("api_tokens")
    .set({ revoked_at: now })
    .where("tenant", "=", tenant)
    .where("owner_id", "=", id)
    .where("revoked_at", "is", null)
    .execute();
}

export async function endSession(database: ServiceDatabase<GatewayTables>, session: string): Promise<void> {
  await database.system((work) =>
    work.sql.deleteFrom("sessions").where("session_hash", "=", hashSecret(session)).execute(),
  );
}
