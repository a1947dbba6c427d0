import { type Selectable, sql, type Transaction } from "kysely";
import type { EscrowedSecret, SecretOwner } from "../domain/escrow.ts";
import type { EnrollmentDatabase, EscrowedSecretTable } from "./tables.ts";

type Connection = Transaction<EnrollmentDatabase>;

export type SealedSecret = EscrowedSecret & { readonly sealed: Buffer };

const MOST_LISTED = 500;

const secretOf = (row: Selectable<EscrowedSecretTable>): SealedSecret => ({
  tenant: row.tenant,
  id: row.id,
  deviceId: row.device_id,
  kind: row.kind,
  sealed: row.sealed,
  commandId: row.command_id ?? undefined,
  escrowedAt: row.escrowed_at,
  provenAt: row.proven_at ?? undefined,
  endedAt: row.ended_at ?? undefined,
  lastReadAt: row.last_read_at ?? undefined,
});

/** Whoever else changes the secrets of this kind waits here. */
export async function lockSecrets(connection: Connection, { deviceId, kind, tenant }: SecretOwner): Promise<void> {
  const name = `escrow/${tenant}/${deviceId}/${kind}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(connection);
}

const ofOwner = (connection: Connection, { deviceId, kind, tenant }: SecretOwner) =>
  connection
    .selectFrom("escrowed_secrets")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("device_id", "=", deviceId)
    .where("kind", "=", kind);

/** The newest secret of a kind that is still good, locked. */
export async function newestSecret(
  connection: Connection,
  owner: SecretOwner,
  provenOnly = false,
): Promise<SealedSecret | undefined> {
  let good = ofOwner(connection, owner).where("ended_at", "is", null);
  if (provenOnly) good = good.where("proven_at", "is not", null);
  const row = await good.orderBy("id", "desc").limit(1).forUpdate().executeTakeFirst();
  return row && secretOf(row);
}

/** The secret that this command sets, or whose answer held it, locked. */
export async function secretOfCommand(
  connection: Connection,
  owner: SecretOwner,
  commandId: string,
): Promise<SealedSecret | undefined> {
  const row = await ofOwner(connection, owner).where("command_id", "=", commandId).forUpdate().executeTakeFirst();
  return row && secretOf(row);
}

export async function secretById(
  connection: Connection,
  tenant: string,
  deviceId: string,
  id: string,
): Promise<SealedSecret | undefined> {
  const row = await connection
    .selectFrom("escrowed_secrets")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("device_id", "=", deviceId)
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
  return row && secretOf(row);
}

/** A device's secrets, newest first, with those that are no longer good. */
export async function secretsOfDevice(
  connection: Connection,
  tenant: string,
  deviceId: string,
): Promise<EscrowedSecret[]> {
  const rows = await connection
    .selectFrom("escrowed_secrets")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("device_id", "=", deviceId)
    .orderBy("id", "desc")
    .limit(MOST_LISTED)
    .execute();
  return rows.map(secretOf);
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
      command_id: secret.commandId ?? null,
      escrowed_at: secret.escrowedAt,
      proven_at: secret.provenAt ?? null,
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

/** The device has this one: it counts, and the earlier ones of its kind no longer do. */
export async function proveSecret(connection: Connection, secret: EscrowedSecret, at: Date): Promise<void> {
  const { deviceId, id, kind, tenant } = secret;
  await connection
    .updateTable("escrowed_secrets")
    .set({ proven_at: at })
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .where("proven_at", "is", null)
    .execute();
  await connection
    .updateTable("escrowed_secrets")
    .set({ ended_at: at })
    .where("tenant", "=", tenant)
    .where("device_id", "=", deviceId)
    .where("kind", "=", kind)
    .where("id", "<", id)
    .where("ended_at", "is", null)
    .execute();
}

/** The device no longer has what this kind opens; what was kept stays for the record. */
export async function endSecrets(
  connection: Connection,
  { deviceId, kind, tenant }: SecretOwner,
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
