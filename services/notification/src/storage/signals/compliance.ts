import { sql, type Transaction } from "kysely";
import type { DeviceCompliance, GroundNews } from "../../domain/signals/compliance.ts";
import type { NotificationTables } from "../tables.ts";

type Db = Transaction<NotificationTables>;

interface DeviceKey {
  readonly tenant: string;
  readonly deviceId: string;
}

export const keyOf = ({ tenant, deviceId }: DeviceKey): string => `${tenant}/${deviceId}`;

const keys = (devices: readonly DeviceKey[]) =>
  sql`unnest(${devices.map(({ tenant }) => tenant)}::text[], ${devices.map(({ deviceId }) => deviceId)}::text[])`;

type Locked = DeviceKey & Pick<DeviceCompliance, "compliant">;

/** Locks devices, so that two replicas which hear of two grounds of one at once tell of one flip. */
async function lockDevices(db: Db, devices: readonly DeviceKey[]): Promise<Locked[]> {
  await sql`
    insert into device_compliance (tenant, device_id, compliant, changed_at)
    select n.tenant, n.device_id, true, now() from ${keys(devices)} as n (tenant, device_id) order by 1, 2
    on conflict (tenant, device_id) do nothing`.execute(db);
  const { rows } = await sql<Locked>`
    select d.tenant, d.device_id as "deviceId", d.compliant from device_compliance d where (d.tenant, d.device_id) in (select * from ${keys(devices)})
    order by d.tenant, d.device_id for update`.execute(db);
  return rows;
}

/** What is held of the devices that news is about, by their keys; they stay locked. */
export async function heldCompliance(
  db: Db,
  news: readonly GroundNews[],
): Promise<Map<string, DeviceKey & DeviceCompliance>> {
  const devices = [...new Map(news.map((each) => [keyOf(each), each])).values()];
  const locked = await lockDevices(db, devices);
  const { rows } = await sql<DeviceKey & { ground: string; version: string; breaks: boolean }>`
    select tenant, device_id as "deviceId", ground, version::text, breaks from compliance_grounds
    where breaks and (tenant, device_id) in (select * from ${keys(devices)})
    union
    select tenant, device_id, ground, version::text, breaks from compliance_grounds
    where (tenant, device_id, ground) in (select * from unnest(${news.map(({ tenant }) => tenant)}::text[],
      ${news.map(({ deviceId }) => deviceId)}::text[], ${news.map(({ ground }) => ground)}::text[]))`.execute(db);
  const grounds = Map.groupBy(rows, keyOf);
  return new Map(
    locked.map((device) => {
      const own = (grounds.get(keyOf(device)) ?? []).map(
        ({ ground, version, breaks }) => [ground, { version: Number(version), breaks }] as const,
      );
      return [keyOf(device), { ...device, grounds: new Map(own) }];
    }),
  );
}

/** Writes what devices that are locked became. */
export async function writeCompliance(db: Db, devices: readonly (DeviceKey & DeviceCompliance)[]): Promise<void> {
  await sql`
    update device_compliance d set compliant = n.compliant, changed_at = now()
    from unnest(${devices.map(({ tenant }) => tenant)}::text[], ${devices.map(({ deviceId }) => deviceId)}::text[],
      ${devices.map(({ compliant }) => compliant)}::boolean[]) as n (tenant, device_id, compliant)
    where d.tenant = n.tenant and d.device_id = n.device_id and d.compliant <> n.compliant`.execute(db);
  const rows = devices.flatMap((device) =>
    [...device.grounds].map(([ground, { version, breaks }]) => ({ ...device, ground, version, breaks })),
  );
  await sql`
    insert into compliance_grounds as g (tenant, device_id, ground, version, breaks)
    select * from unnest(${rows.map(({ tenant }) => tenant)}::text[], ${rows.map(({ deviceId }) => deviceId)}::text[],
      ${rows.map(({ ground }) => ground)}::text[], ${rows.map(({ version }) => version)}::bigint[], ${rows.map(({ breaks }) => breaks)}::boolean[])
    on conflict (tenant, device_id, ground) do update set version = excluded.version, breaks = excluded.breaks
    where (g.version, g.breaks) is distinct from (excluded.version, excluded.breaks)`.execute(db);
}
