import { sql, type Transaction } from "kysely";
import type { EnrollmentDatabase } from "./tables.ts";

type Connection = Transaction<EnrollmentDatabase>;

/** Where a push wakes a device, or one of its users. */
export interface PushChannel {
  readonly tenant: string;
  readonly deviceId: string;
  /** Empty for the device's own. */
  readonly userId: string;
  readonly shortName: string;
  readonly longName: string;
  readonly topic: string;
  readonly token: Buffer;
  readonly pushMagic: string;
}

/** What a device says again within so many seconds is the same message, sent twice. */
const SAME_MESSAGE_SECONDS = 60;

/**
 * Writes where a channel is woken; true when that is news. That a token which was known is still good is news too: the push
 * service may have said meanwhile that it reaches nobody.
 */
export async function saveChannel(connection: Connection, channel: PushChannel, at: Date): Promise<boolean> {
  const { deviceId, longName, pushMagic, shortName, tenant, token, topic, userId } = channel;
  const { rows } = await sql`
    insert into apple_channels as c (tenant, device_id, user_id, short_name, long_name, topic, token, push_magic, updated_at)
    values (${tenant}, ${deviceId}, ${userId}, ${shortName}, ${longName}, ${topic}, ${token}, ${pushMagic}, ${at})
    on conflict (tenant, device_id, user_id) do update set short_name = excluded.short_name, long_name = excluded.long_name,
      topic = excluded.topic, token = excluded.token, push_magic = excluded.push_magic, updated_at = excluded.updated_at
    where (c.topic, c.token, c.push_magic) is distinct from (excluded.topic, excluded.token, excluded.push_magic)
      or c.updated_at < excluded.updated_at - make_interval(secs => ${SAME_MESSAGE_SECONDS})
    returning c.device_id`.execute(connection);
  return rows.length > 0;
}

export async function forgetChannels(connection: Connection, tenant: string, deviceId: string): Promise<void> {
  await connection
    .deleteFrom("apple_channels")
    .where("tenant", "=", tenant)
    .where("device_id", "=", deviceId)
    .execute();
}

/** The channels of these devices, as far as Apple's protocol reaches them: who has left, or was taken over by another machine, has none. */
export async function channelsOf(
  connection: Connection,
  tenant: string,
  deviceIds: readonly string[],
): Promise<PushChannel[]> {
  if (deviceIds.length === 0) return [];
  const rows = await connection
    .selectFrom("apple_channels")
    .innerJoin("devices", (join) =>
      join.onRef("devices.tenant", "=", "apple_channels.tenant").onRef("devices.id", "=", "apple_channels.device_id"),
    )
    .selectAll("apple_channels")
    .where("apple_channels.tenant", "=", tenant)
    .where("device_id", "in", [...deviceIds])
    .where("devices.status", "=", "enrolled")
    .where("devices.apple", "is not", null)
    .execute();
  return rows.map((row) => ({
    tenant: row.tenant,
    deviceId: row.device_id,
    userId: row.user_id,
    shortName: row.short_name,
    longName: row.long_name,
    topic: row.topic,
    token: row.token,
    pushMagic: row.push_magic,
  }));
}
