import type { Transaction } from "kysely";
import type { IdentityWay } from "../domain/apple/identity-way.ts";
import type { EnrollmentDatabase } from "./tables.ts";

type Connection = Transaction<EnrollmentDatabase>;

/** Over what the devices of a tenant get their certificates. */
export async function findIdentityWay(connection: Connection, tenant: string): Promise<IdentityWay> {
  const row = await connection
    .selectFrom("apple_identity_ways")
    .select("way")
    .where("tenant", "=", tenant)
    .executeTakeFirst();
  return row?.way ?? "scep";
}

export async function saveIdentityWay(
  connection: Connection,
  tenant: string,
  way: IdentityWay,
  at: Date,
): Promise<void> {
  await connection
    .insertInto("apple_identity_ways")
    .values({ tenant, way, changed_at: at })
    .onConflict((conflict) => conflict.column("tenant").doUpdateSet({ way, changed_at: at }))
    .execute();
}
