import { sql, type Transaction } from "kysely";
import type { Channel } from "../domain/channel.ts";
import { type DeviceKey, keyOf } from "../domain/device-key.ts";
import type { CommandDatabase, DeviceChannelsTable } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

const columns = sql.raw(
  "d.tenant, d.device_id, d.enrolled, d.personal, d.osquery_generation, d.orbit_generation, d.agent_generation, d.version",
);

const channelOf = (row: DeviceChannelsTable): Channel => ({
  tenant: row.tenant,
  deviceId: row.device_id,
  enrolled: row.enrolled,
  personal: row.personal,
  generations: { osquery: row.osquery_generation, orbit: row.orbit_generation, agent: row.agent_generation },
});

/** What is known of these devices, by `keyOf`. */
export const findChannels = (db: Sql, keys: readonly DeviceKey[]) => readChannels(db, keys, "");

/** The same, and nobody unenrolls one of them before this transaction ends. */
export const holdChannels = (db: Sql, keys: readonly DeviceKey[]) => readChannels(db, keys, "for share of d");

async function readChannels(
  db: Sql,
  keys: readonly DeviceKey[],
  lock: "" | "for share of d",
): Promise<Map<string, Channel>> {
  if (keys.length === 0) return new Map();
  const { rows } = await sql<DeviceChannelsTable>`
    select ${columns} from unnest(${keys.map(({ tenant }) => tenant)}::text[], ${keys.map(({ deviceId }) => deviceId)}::uuid[])
      as asked (tenant, device_id)
    join device_channels d on d.tenant = asked.tenant and d.device_id = asked.device_id
    order by d.tenant, d.device_id ${sql.raw(lock)}`.execute(db);
  return new Map(rows.map((row) => [keyOf({ tenant: row.tenant, deviceId: row.device_id }), channelOf(row)]));
}

/** Writes what is newer than what is held, and returns that. Each device at most once. */
export async function putChannels(
  db: Sql,
  channels: readonly (Channel & { readonly version: number })[],
): Promise<Channel[]> {
  const column = (read: (channel: Channel & { readonly version: number }) => unknown) => channels.map(read);
  const { rows } = await sql<DeviceChannelsTable>`
    insert into device_channels as d (tenant, device_id, enrolled, personal, osquery_generation, orbit_generation,
      agent_generation, version)
    select * from unnest(${column((each) => each.tenant)}::text[], ${column((each) => each.deviceId)}::uuid[],
      ${column((each) => each.enrolled)}::boolean[], ${column((each) => each.personal)}::boolean[],
      ${column((each) => each.generations.osquery)}::int[], ${column((each) => each.generations.orbit)}::int[],
      ${column((each) => each.generations.agent)}::int[], ${column((each) => each.version)}::bigint[])
      as n (tenant, device_id, enrolled, personal, osquery, orbit, agent, version) order by n.tenant, n.device_id
    on conflict (tenant, device_id) do update set enrolled = excluded.enrolled, personal = excluded.personal,
      osquery_generation = excluded.osquery_generation, orbit_generation = excluded.orbit_generation,
      agent_generation = excluded.agent_generation, version = excluded.version
    where excluded.version > d.version
    returning ${columns}`.execute(db);
  return rows.map(channelOf);
}
