import { sql, type Transaction } from "kysely";
import type { DeviceKey } from "../domain/device-key.ts";
import type { CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

/** A device, and the epoch that began for it. */
export type BegunEpoch = DeviceKey & { readonly epoch: number };

const rowsOf = (begun: readonly BegunEpoch[]) => sql`
  unnest(${begun.map(({ tenant }) => tenant)}::text[], ${begun.map(({ deviceId }) => deviceId)}::uuid[],
    ${begun.map(({ epoch }) => epoch)}::int[]) as begun (tenant, device_id, epoch)`;

/** Notes that what these devices have open from before these epochs is to be cancelled. */
export async function noteEndedEpochs(db: Sql, begun: readonly BegunEpoch[]): Promise<void> {
  await sql`
    insert into apple_ended_epochs (tenant, device_id, epoch) select * from ${rowsOf(begun)} on conflict do nothing`.execute(
    db,
  );
}

/** So many of them, of all tenants. */
export async function findEndedEpochs(db: Sql, limit: number): Promise<BegunEpoch[]> {
  const { rows } = await sql<Row>`
    select tenant, device_id, epoch from apple_ended_epochs order by tenant, device_id, epoch limit ${limit}`.execute(
    db,
  );
  return rows.map(begunOf);
}

/** Takes these, as far as they are still there; what another replica takes is left to it. */
export async function takeEndedEpochs(db: Sql, begun: readonly BegunEpoch[]): Promise<BegunEpoch[]> {
  const { rows } = await sql<Row>`
    delete from apple_ended_epochs e using (
      select o.* from ${rowsOf(begun)} join apple_ended_epochs o using (tenant, device_id, epoch)
      order by o.tenant, o.device_id, o.epoch for update of o skip locked
    ) n where e.tenant = n.tenant and e.device_id = n.device_id and e.epoch = n.epoch
    returning e.tenant, e.device_id, e.epoch`.execute(db);
  return rows.map(begunOf);
}

interface Row {
  readonly tenant: string;
  readonly device_id: string;
  readonly epoch: number;
}

const begunOf = ({ device_id, epoch, tenant }: Row): BegunEpoch => ({ tenant, deviceId: device_id, epoch });
