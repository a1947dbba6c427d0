import { Uuids } from "@muster/postgres/uuids";
import { sql, type Transaction } from "kysely";
import type { AppleReach } from "../domain/apple/apple-device.ts";
import type { Reach } from "../domain/channel.ts";
import type { AppleChannelsTable, CommandDatabase, DeviceChannelsTable } from "./tables.ts";

/** Devices that are alike in all that decides what they may be asked. */
export interface DeviceKind {
  /** In no order. */
  readonly deviceIds: Uuids;
  /** Nothing when there are no such devices. */
  readonly reach: Reach | undefined;
  /** Nothing when Apple's protocol does not reach them. */
  readonly apple: AppleReach | undefined;
}

type Row = Pick<
  DeviceChannelsTable,
  "enrolled" | "personal" | "osquery_generation" | "orbit_generation" | "agent_generation"
> &
  Pick<AppleChannelsTable, "epoch" | "os_version" | "supervised" | "automated" | "access_rights"> & {
    readonly platform: AppleChannelsTable["platform"] | null;
    readonly apple_enrolled: boolean;
    readonly apple_personal: boolean;
    readonly known: boolean;
    readonly device_ids: Buffer;
  };

const kindOf = (row: Row): DeviceKind => ({
  deviceIds: Uuids.inBytes(row.device_ids),
  reach: row.known
    ? {
        enrolled: row.enrolled,
        personal: row.personal,
        generations: { osquery: row.osquery_generation, orbit: row.orbit_generation, agent: row.agent_generation },
      }
    : undefined,
  apple:
    row.platform === null
      ? undefined
      : {
          epoch: row.epoch,
          enrolled: row.apple_enrolled,
          platform: row.platform,
          osVersion: row.os_version,
          supervised: row.supervised,
          automated: row.automated,
          personal: row.apple_personal,
          accessRights: row.access_rights,
        },
});

/**
 * These devices of a tenant by their kinds; nobody unenrolls one of them before this transaction ends. A hundred thousand
 * devices are a few dozen kinds: what is read, decided and planned is as much as there are kinds. Of the tenant's others, those
 * before the first and after the last of these are not read.
 */
export async function holdKinds(db: Transaction<CommandDatabase>, tenant: string, deviceIds: Uuids) {
  if (deviceIds.length === 0) return [];
  await holdTenant(db, tenant);
  const sorted = deviceIds.sorted();
  const [first, last] = Uuids.concat([sorted.slice(0, 1), sorted.slice(-1)]).texts();
  const { rows } = await sql<Row>`
    select d.device_id is not null as known, d.enrolled, d.personal, least(d.osquery_generation, 1) as osquery_generation,
      least(d.orbit_generation, 1) as orbit_generation, least(d.agent_generation, 1) as agent_generation,
      a.epoch, a.enrolled as apple_enrolled, a.platform, a.os_version, a.supervised, a.automated,
      a.personal as apple_personal, a.access_rights, string_agg(uuid_send(asked.device_id), '') as device_ids
    from unnest(${sorted.asArray()}::uuid[]) as asked (device_id)
    left join device_channels d on d.tenant = ${tenant} and d.device_id = asked.device_id and d.device_id between ${first} and ${last}
    left join apple_channels a on a.tenant = ${tenant} and a.device_id = asked.device_id and a.device_id between ${first} and ${last}
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14`.execute(db);
  return rows.map(kindOf);
}

/** The space of our advisory locks on tenants. */
const TENANTS = 8_711;

// One lock for a tenant instead of one on each device's row: a row lock writes a record to the log, and its page with it.
const holdTenant = (db: Transaction<CommandDatabase>, tenant: string) =>
  sql`select pg_advisory_xact_lock_shared(${TENANTS}, hashtext(${tenant}))`.execute(db);

/**
 * Waits until whoever is asking devices of these tenants has committed: what is open of a device that leaves can be seen, and
 * ended, only then. To be called when the transaction has written that the devices left, and before it looks.
 */
export async function waitForAskers(db: Transaction<CommandDatabase>, tenants: readonly string[]): Promise<void> {
  for (const tenant of [...new Set(tenants)].sort())
    await sql`select pg_advisory_xact_lock(${TENANTS}, hashtext(${tenant}))`.execute(db);
}
