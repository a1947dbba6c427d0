import type { Ownership, Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { Method } from "@muster/device-identity/identity";
import { type RawBuilder, sql } from "kysely";
import type { Host } from "./claim-work.ts";
import { createHosts } from "./create-hosts.ts";
import { column, type DeviceKey, type InventoryWork, keyOf } from "./schema.ts";

export interface LockedHost extends Host {
  readonly displayName: string;
  readonly fingerprints: Readonly<Record<string, string>>;
  /** Another one means that the fingerprints may be others. */
  readonly stamp: string;
}

interface Row {
  tenant: string;
  id: string;
  platform: Platform;
  ownership: Ownership;
  unenrolled: boolean;
  generations: Partial<Record<Method, number>>;
  display_name: string;
  fingerprints: Record<string, string>;
  stamp: string;
}

/** Reads hosts, and makes those that are not known yet. */
export const readHosts = (
  work: InventoryWork,
  keys: readonly DeviceKey[],
  now: Date,
): Promise<Map<string, LockedHost>> => readOrCreate(work, keys, now, sql``);

/** Reads the hosts whose answers are to be written, and lets nobody else write theirs until the transaction ends. */
export async function lockHosts(
  work: InventoryWork,
  keys: readonly DeviceKey[],
  now: Date,
): Promise<Map<string, LockedHost>> {
  await readOrCreate(work, keys, now, sql`order by w.tenant, w.device_id for update of w`);
  // Who had the locks before may have changed whose a device is, and what waits for a lock is told so of its own row alone.
  return read(work, keys, sql``);
}

async function readOrCreate(
  work: InventoryWork,
  keys: readonly DeviceKey[],
  now: Date,
  locking: RawBuilder<unknown>,
): Promise<Map<string, LockedHost>> {
  const hosts = await read(work, keys, locking);
  const missing = keys.filter((key) => !hosts.has(keyOf(key)));
  if (missing.length === 0) return hosts;
  await createHosts(work, missing, now);
  return read(work, keys, locking);
}

async function read(
  work: InventoryWork,
  keys: readonly DeviceKey[],
  locking: RawBuilder<unknown>,
): Promise<Map<string, LockedHost>> {
  const { rows } = await sql<Row>`
    select d.tenant, d.id, d.platform, d.ownership, d.unenrolled, d.generations, d.display_name, w.fingerprints,
      w.xmin::text as stamp
    from unnest(${column(keys, "tenant")}::text[], ${column(keys, "deviceId")}::uuid[]) as host (tenant, id)
    join device_work w on w.tenant = host.tenant and w.device_id = host.id
    join devices d on d.tenant = host.tenant and d.id = host.id
    ${locking}`.execute(work.sql);
  return new Map(
    rows.map(({ id, display_name, ...row }) => {
      const host = { ...row, deviceId: id, displayName: display_name };
      return [keyOf(host), host];
    }),
  );
}
