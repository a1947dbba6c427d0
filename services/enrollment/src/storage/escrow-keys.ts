import type { Transaction } from "kysely";
import type { EnrollmentDatabase } from "./tables.ts";

type Connection = Transaction<EnrollmentDatabase>;

export interface SealedEscrowKey {
  readonly tenant: string;
  /** DER. */
  readonly certificate: Buffer;
  readonly sealedKey: Buffer;
}

export async function findEscrowKey(connection: Connection, tenant: string): Promise<SealedEscrowKey | undefined> {
  const row = await connection.selectFrom("escrow_keys").selectAll().where("tenant", "=", tenant).executeTakeFirst();
  return row && { tenant, certificate: row.certificate, sealedKey: row.sealed_key };
}

/** Keeps the tenant's key; one that is there stays. */
export async function addEscrowKey(connection: Connection, key: SealedEscrowKey): Promise<void> {
  await connection
    .insertInto("escrow_keys")
    .values({ tenant: key.tenant, certificate: key.certificate, sealed_key: key.sealedKey })
    .onConflict((conflict) => conflict.column("tenant").doNothing())
    .execute();
}
