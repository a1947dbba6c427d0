import type { Transaction } from "kysely";
import type { EscrowedSecret, SecretKind } from "../domain/escrow.ts";
import type { EnrollmentDatabase } from "./tables.ts";

type Connection = Transaction<EnrollmentDatabase>;

export type SealedSecret = EscrowedSecret & { readonly sealed: Buffer };

/** The newest secret of a kind that is still good, locked. */
export async function newestSecret(
  connection: Connection,
  tenant: string,
  deviceId: string,
  kind: SecretKind,
): Promise<SealedSecret | undefined> {
  const row = await connection
    .selectFrom("escrowed_secrets")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("device_id", "=", deviceId)
    .where("kind", "=", kind)
    .orderBy("id", "desc")
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined || row.ended_at !== null) return undefined;
  return {
    tenant,
    id: row.id,
    deviceId,
    kind,
    sealed: row.sealed,
    escrowedAt: row.escrowed_at,
    lastReadAt: row.last_read_at ?? undefined,
  };
}

export async function addSecret(connection: Connection, secret: SealedSecret): Promise<void> {
  await connection
    .insertInto("escrowed_secrets")
    .values({
      tenant: secret.tenant,
      id: secret.id,
      device_id: secret.deviceId,
      kind: secret.kind,
      sealed: secret.sealed,
      escrowed_at: secret.escrowedAt,
      ended_at: null,
      last_read_at: null,
    })
    .execute();
}

export async function noteRead(connection: Connection, { id, tenant }: EscrowedSecret, at: Date): Promise<void> {
  await connection
    .updateTable("escrowed_secrets")
    .set({ last_read_at: at })
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .execute();
}

/** The device no longer has what this kind opens; what was kept stays for the record. */
export async function endSecrets(
  connection: Connection,
  tenant: string,
  deviceId: string,
  kind: SecretKind,
  at: Date,
): Promise<void> {
  await connection
    .updateTable("escrowed_secrets")
    .set({ ended_at: at })
    .where("tenant", "=", tenant)
    .where("device_id", "=", deviceId)
    .where("kind", "=", kind)
    .where("ended_at", "is", null)
    .execute();
}
