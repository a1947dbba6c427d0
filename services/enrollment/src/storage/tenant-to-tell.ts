import { sql, type Transaction } from "kysely";
import type { EnrollmentDatabase } from "./tables.ts";

/** Whose secret or token this is; else the only tenant that has any; else nothing. */
export async function tenantToTell(
  connection: Transaction<EnrollmentDatabase>,
  sha256: string,
): Promise<string | undefined> {
  const owner = await sql<{ tenant: string }>`
    select tenant from enroll_secrets where sha256 = ${sha256}
    union select tenant from enrollment_tokens where sha256 = ${sha256}
    union select tenant from automated_servers where door_sha256 = ${sha256}`.execute(connection);
  if (owner.rows[0] !== undefined) return owner.rows[0].tenant;
  const all = await sql<{ tenant: string }>`
    select tenant from enroll_secrets union select tenant from enrollment_tokens limit 2`.execute(connection);
  return all.rows.length === 1 ? all.rows[0]?.tenant : undefined;
}
