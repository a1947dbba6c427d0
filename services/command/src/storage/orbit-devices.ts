import { isUniqueViolation } from "@muster/postgres/sqlstate";
import { sql, type Transaction } from "kysely";
import type { DeviceKey } from "../domain/device-key.ts";
import { refuse } from "../domain/refusals.ts";
import type { CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

/** fleetd makes a new token each hour: one of twice that age was left behind. */
const TOKEN_MS = 2 * 3_600_000;

/** Keeps the hash of the token with which the user of a device opens its page; the one before is forgotten. */
export async function putDeviceToken(
  db: Sql,
  { tenant, deviceId }: DeviceKey,
  sha256: Buffer,
  now: Date,
): Promise<void> {
  const token = { token_sha256: sha256, token_at: now };
  try {
    await db
      .insertInto("orbit_devices")
      .values({ tenant, device_id: deviceId, ...token, user_email: "" })
      .onConflict((conflict) => conflict.columns(["tenant", "device_id"]).doUpdateSet(token))
      .execute();
  } catch (error) {
    if (isUniqueViolation(error, "orbit_devices_token"))
      throw refuse("orbit.token_taken", "another device has this token: make a new one");
    throw error;
  }
}

export async function putUserEmail(db: Sql, { tenant, deviceId }: DeviceKey, email: string): Promise<void> {
  await db
    .insertInto("orbit_devices")
    .values({ tenant, device_id: deviceId, token_sha256: null, token_at: new Date(0), user_email: email })
    .onConflict((conflict) => conflict.columns(["tenant", "device_id"]).doUpdateSet({ user_email: email }))
    .execute();
}

/** The managed device that has this token, of whatever tenant: the token is all that a browser knows. */
export async function findByToken(db: Sql, sha256: Buffer, now: Date): Promise<DeviceKey | undefined> {
  const { rows } = await sql<DeviceKey>`
    select o.tenant, o.device_id as "deviceId" from orbit_devices o
    left join device_channels d on d.tenant = o.tenant and d.device_id = o.device_id
    where o.token_sha256 = ${sha256} and o.token_at > ${new Date(now.getTime() - TOKEN_MS)} and d.enrolled is not false`.execute(
    db,
  );
  return rows[0];
}
