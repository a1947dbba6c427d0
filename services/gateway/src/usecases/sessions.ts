import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Transaction } from "kysely";
import { hashSecret, newSessionSecret } from "../domain/secrets.ts";
import type { GatewayTables } from "../storage/tables.ts";

/** Opens a session, and notes that the person signed in. With a time it ends then, however much it is used. */
export async function openSession(
  sql: Transaction<GatewayTables>,
  { id, tenant }: { readonly id: string; readonly tenant: string },
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

export async function endSession(database: ServiceDatabase<GatewayTables>, session: string): Promise<void> {
  await database.system((work) =>
    work.sql.deleteFrom("sessions").where("session_hash", "=", hashSecret(session)).execute(),
  );
}
