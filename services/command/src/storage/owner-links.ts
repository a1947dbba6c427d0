import { sql, type Transaction } from "kysely";
import type { DeviceKey } from "../domain/device-key.ts";
import type { CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

/** Keeps the hash of a device's newest link; the one before opens nothing any more. */
export async function putOwnerLink(
  db: Sql,
  { tenant, deviceId }: DeviceKey,
  tokenSha256: Buffer,
  expiresAt: Date,
): Promise<void> {
  await sql`
    insert into owner_links (tenant, device_id, token_sha256, expires_at)
    values (${tenant}, ${deviceId}, ${tokenSha256}, ${expiresAt})
    on conflict (tenant, device_id) do update
      set token_sha256 = excluded.token_sha256, expires_at = excluded.expires_at`.execute(db);
}

/** Uses a link up and returns its device; nothing for one that is used, too old, or whose device has left. */
export async function takeOwnerLink(
  db: Sql,
  tenant: string,
  tokenSha256: Buffer,
  now: Date,
): Promise<string | undefined> {
  const { rows } = await sql<{ device_id: string }>`
    delete from owner_links l where l.tenant = ${tenant} and l.token_sha256 = ${tokenSha256} and l.expires_at > ${now}
      and not exists (select from device_channels d
        where d.tenant = l.tenant and d.device_id = l.device_id and not d.enrolled)
    returning l.device_id`.execute(db);
  return rows[0]?.device_id;
}
