import type { Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { sql } from "kysely";
import type { Projection } from "../domain/projection.ts";
import { column, type DeviceKey, type InventoryWork, keyOf } from "./schema.ts";

export interface ProjectedDevice extends DeviceKey {
  readonly projection: Projection;
}

export interface DeviceNow {
  readonly version: number;
  readonly displayName: string;
  readonly platform: Platform;
}

/** Raises the versions of devices whose facts or software changed, and writes what lists show of them. */
export async function writeProjections(
  work: InventoryWork,
  devices: readonly ProjectedDevice[],
): Promise<Map<string, DeviceNow>> {
  if (devices.length === 0) return new Map();
  const projections = devices.map(({ projection }) => JSON.stringify(projection));
  const { rows } = await sql<{ tenant: string; id: string; version: string; display_name: string; platform: Platform }>`
    update devices d set
      version = d.version + 1,
      platform = coalesce(p->>'platform', d.platform),
      hostname = coalesce(p->>'hostname', d.hostname),
      os_name = coalesce(p->>'osName', d.os_name),
      os_version = coalesce(p->>'osVersion', d.os_version),
      agent_version = coalesce(p->>'agentVersion', d.agent_version),
      hardware_vendor = coalesce(p->>'hardwareVendor', d.hardware_vendor),
      hardware_model = coalesce(p->>'hardwareModel', d.hardware_model),
      hardware_serial = coalesce(p->>'hardwareSerial', d.hardware_serial),
      hardware_uuid = coalesce(p->>'hardwareUuid', d.hardware_uuid),
      primary_address = coalesce(p->>'primaryAddress', d.primary_address),
      display_name = case
        when p ? 'computerName' then p->>'computerName'
        when p ? 'hostname' then p->>'hostname'
        when d.ownership = 'OWNERSHIP_PERSONAL' and p ? 'hardwareModel'
          then 'Personal ' || concat_ws(' ', p->>'hardwareVendor', p->>'hardwareModel')
        when p ? 'hardwareSerial' and d.hostname = '' then p->>'hardwareSerial'
        else d.display_name end
    from unnest(${column(devices, "tenant")}::text[], ${column(devices, "deviceId")}::uuid[], ${projections}::jsonb[])
      as n (tenant, id, p)
    where d.tenant = n.tenant and d.id = n.id
    returning d.tenant, d.id, d.version, d.display_name, d.platform`.execute(work.sql);
  return new Map(
    rows.map((row) => [
      keyOf({ tenant: row.tenant, deviceId: row.id }),
      { version: Number(row.version), displayName: row.display_name, platform: row.platform },
    ]),
  );
}
