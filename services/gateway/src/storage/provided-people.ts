import type { RawBuilder, Transaction, Updateable } from "kysely";
import type { GatewayTables, UserRow } from "./tables.ts";

type Columns = Pick<
  Updateable<UserRow>,
  "active" | "email" | "external_id" | "name" | "role" | "subject" | "user_name"
>;

interface Told extends Partial<Columns> {
  readonly deprovisioned?: boolean | RawBuilder<boolean>;
}

/**
 * Writes what a provider says of people. The revision rises of those whom that changes, and of no other: what a provider says
 * again, as it does every few minutes, must not look like a change to whoever edits the person here.
 */
export async function writeTold(
  sql: Transaction<GatewayTables>,
  tenant: string,
  ids: readonly string[],
  told: Told,
): Promise<void> {
  const columns = Object.keys(told) as (keyof Told)[];
  await sql
    .updateTable("users")
    .set((row) => ({ ...told, revision: row("revision", "+", 1) }))
    .where("tenant", "=", tenant)
    .where("id", "in", [...ids])
    .where((row) => row.or(columns.map((column) => row(column, "is distinct from", told[column] ?? null))))
    .execute();
}
