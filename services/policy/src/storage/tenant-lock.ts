import type { Work } from "@muster/postgres/service-database";
import { sql, type Transaction } from "kysely";
import type { PolicyTables } from "./tables.ts";

// Whether a policy applies to a device depends on both. A new policy and a new device that do not see each other's
// transaction would leave a verdict out: so work on devices shares a lock that work on policies has alone.

export async function shareWithDevices(db: Transaction<PolicyTables>, tenants: Iterable<string>): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(key)
    from (select hashtextextended('policy:' || t, 0) as key from unnest(${[...new Set(tenants)]}::text[]) t order by 1) keys`.execute(
    db,
  );
}

export async function holdPolicies({ sql: db }: Pick<Work<PolicyTables>, "sql">, tenant: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('policy:' || ${tenant}::text, 0))`.execute(db);
}
