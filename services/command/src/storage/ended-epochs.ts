import { sql, type Transaction } from "kysely";
import type { DeviceKey } from "../domain/device-key.ts";
import type { CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

/** A device, and the epoch that began for it. */
export type BegunEpoch = DeviceKey & { readonly epoch: number };

/** Notes that what these devices have open from before these epochs is to be cancelled. */
export async function noteEndedEpochs(db: Sql, begun: readonly BegunEpoch[]): Promise<void> {
  if (begun.length === 0) return;
  await sql`
    insert into apple_ended_epochs (tenant, device_id, epoch)
    select * from unnest(${begun.map(({ tenant }) => tenant)}::text[], ${begun.map(({ deviceId }) => deviceId)}::uuid[],
      ${begun.map(({ epoch }) => epoch)}::int[])
    on conflict do nothing`.execute(db);
}

/** Takes so many of them, of all tenants; what another replica takes is left to it. */
export async function takeEndedEpochs(db: Sql, limit: number): Promise<BegunEpoch[]> {
  const { rows } = await sql<{ tenant: string; device_id: string; epoch: number }>`
    delete from apple_ended_epochs e using (
      select * from apple_ended_epochs order by tenant, device_id, epoch limit ${limit} for update skip locked
    ) n where e.tenant = n.tenant and e.device_id = n.device_id and e.epoch = n.epoch
    returning e.tenant, e.device_id, e.epoch`.execute(db);
  return rows.map(({ device_id, epoch, tenant }) => ({ tenant, deviceId: device_id, epoch }));
}
