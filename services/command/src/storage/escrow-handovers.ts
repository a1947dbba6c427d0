import { sql, type Transaction } from "kysely";
import type { EscrowKind } from "../domain/apple/escrow-kind.ts";
import type { CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

/** A secret of a device, sealed, on its way to the escrow. */
export interface Handover {
  readonly tenant: string;
  readonly id: string;
  readonly deviceId: string;
  readonly kind: EscrowKind;
  /** The command whose answer held it. */
  readonly commandId: string;
  readonly sealed: Buffer;
}

export async function insertHandovers(db: Sql, handovers: readonly Handover[], now: Date): Promise<void> {
  if (handovers.length === 0) return;
  await db
    .insertInto("escrow_handovers")
    .values(
      handovers.map(({ commandId, deviceId, id, kind, sealed, tenant }) => ({
        tenant,
        id,
        device_id: deviceId,
        kind,
        command_id: commandId,
        sealed,
        next_at: now,
      })),
    )
    .execute();
}

/**
 * Takes what is due to be handed over; it is not due again before the pause that its next attempt would wait for. Of one
 * device's secrets of a kind only the oldest is due: the escrow takes the last one for the newest.
 */
export async function claimHandovers(db: Sql, now: Date, longestPauseMs: number, limit: number): Promise<Handover[]> {
  const { rows } = await sql<{
    tenant: string;
    id: string;
    device_id: string;
    kind: EscrowKind;
    command_id: string;
    sealed: Buffer;
  }>`
    update escrow_handovers h
    set attempts = h.attempts + 1,
      next_at = ${now}::timestamptz
        + least(power(2, least(h.attempts, 20)) * 2000, ${longestPauseMs}) * interval '1 millisecond'
    from (
      select tenant, id from escrow_handovers o
      where o.next_at <= ${now} and not exists (
        select from escrow_handovers e
        where e.tenant = o.tenant and e.device_id = o.device_id and e.kind = o.kind and e.id < o.id)
      order by o.next_at limit ${limit} for update skip locked
    ) due where h.tenant = due.tenant and h.id = due.id
    returning h.tenant, h.id, h.device_id, h.kind, h.command_id, h.sealed`.execute(db);
  return rows.map((row) => ({
    tenant: row.tenant,
    id: row.id,
    deviceId: row.device_id,
    kind: row.kind,
    commandId: row.command_id,
    sealed: row.sealed,
  }));
}

/** The escrow has it, or never will: nothing of it stays here. */
export async function deleteHandover(db: Sql, { id, tenant }: Pick<Handover, "id" | "tenant">): Promise<void> {
  await db.deleteFrom("escrow_handovers").where("tenant", "=", tenant).where("id", "=", id).execute();
}
