import type { Transaction } from "kysely";
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

/** Writes where a channel is woken; true when that is news. */
export async function saveChannel(connection: Connection, channel: PushChannel, at: Date): Promise<boolean> {
  const row = {
    tenant: channel.tenant,
    device_id: channel.deviceId,
    user_id: channel.userId,
    short_name: channel.shortName,
    long_name: channel.longName,
    topic: channel.topic,
    token: channel.token,
    push_magic: channel.pushMagic,
    updated_at: at,
  };
  const written = await connection
    .insertInto("apple_channels")
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(["tenant", "device_id", "user_id"])
        .doUpdateSet(row)
        .where(({ eb, not, and, ref }) =>
          not(
            and([
              eb("apple_channels.token", "=", ref("excluded.token")),
              eb("apple_channels.push_magic", "=", ref("excluded.push_magic")),
              eb("apple_channels.topic", "=", ref("excluded.topic")),
            ]),
          ),
        ),
    )
    .returning("device_id")
    .execute();
  return written.length > 0;
}

export async function forgetChannels(connection: Connection, tenant: string, deviceId: string): Promise<void> {
  await connection
    .deleteFrom("apple_channels")
    .where("tenant", "=", tenant)
    .where("device_id", "=", deviceId)
    .execute();
}

export async function channelsOf(
  connection: Connection,
  tenant: string,
  deviceIds: readonly string[],
): Promise<PushChannel[]> {
  if (deviceIds.length === 0) return [];
  const rows = await connection
    .selectFrom("apple_channels")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("device_id", "in", [...deviceIds])
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
