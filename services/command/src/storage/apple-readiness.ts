import { sql, type Transaction } from "kysely";
import { type DeviceKey, keyOf } from "../domain/device-key.ts";
import type { CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

/** Writes of which enrollment of a device policy has said everything. */
export async function saveReadiness(
  db: Sql,
  ready: readonly (DeviceKey & { readonly epoch: number })[],
): Promise<void> {
  if (ready.length === 0) return;
  await sql`
    insert into apple_readiness as r (tenant, device_id, epoch)
    select tenant, device_id, max(epoch) from unnest(${ready.map(({ tenant }) => tenant)}::text[],
      ${ready.map(({ deviceId }) => deviceId)}::uuid[], ${ready.map(({ epoch }) => epoch)}::int[])
      as told (tenant, device_id, epoch) group by tenant, device_id order by tenant, device_id
    on conflict (tenant, device_id) do update set epoch = greatest(r.epoch, excluded.epoch)`.execute(db);
}

/**
 * Which of these devices still wait in Setup Assistant with nothing left to come or to answer, by `keyOf`, locked. Those that were
 * let out once, well or not, are left out.
 */
export async function lockReadyForRelease(db: Sql, keys: readonly DeviceKey[]): Promise<Set<string>> {
  const { rows } = await sql<{ tenant: string; device_id: string }>`
    select c.tenant, c.device_id from unnest(${keys.map(({ tenant }) => tenant)}::text[],
      ${keys.map(({ deviceId }) => deviceId)}::uuid[]) as asked (tenant, device_id)
    join apple_channels c using (tenant, device_id)
    join apple_readiness r using (tenant, device_id)
    where c.awaiting_configuration and c.enrolled and c.inventory_at is not null and r.epoch = c.epoch and not exists (
      select from commands o where o.tenant = c.tenant and o.device_id = c.device_id and o.epoch = c.epoch and o.user_id = ''
        and o.request_type <> '' and o.ended_at is null)
      and not exists (
      select from commands o where o.tenant = c.tenant and o.device_id = c.device_id and o.epoch = c.epoch and o.user_id = ''
        and o.request_type = 'DeviceConfigured' and o.ended_at is not null)
    order by c.tenant, c.device_id for update of c skip locked`.execute(db);
  return new Set(rows.map((row) => keyOf({ tenant: row.tenant, deviceId: row.device_id })));
}
