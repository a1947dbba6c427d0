import { sql, type Transaction } from "kysely";
import type { ChannelKey } from "./push-dues.ts";
import type { CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

/** The push service's word that a token reaches nobody. */
export interface DeadToken extends ChannelKey {
  readonly tokenSha256: Buffer;
  readonly reason: string;
}

export async function noteDeadTokens(db: Sql, dead: readonly DeadToken[], now: Date): Promise<void> {
  if (dead.length === 0) return;
  await sql`
    insert into apple_dead_tokens (tenant, device_id, user_id, token_sha256, reason, since)
    select n.*, ${now}::timestamptz from unnest(${dead.map(({ tenant }) => tenant)}::text[],
      ${dead.map(({ deviceId }) => deviceId)}::uuid[], ${dead.map(({ userId }) => userId)}::text[],
      ${dead.map(({ tokenSha256 }) => tokenSha256)}::bytea[], ${dead.map(({ reason }) => reason)}::text[]) as n order by 1, 2, 3
    on conflict (tenant, device_id, user_id) do update
      set token_sha256 = excluded.token_sha256, reason = excluded.reason, since = excluded.since`.execute(db);
}

export async function forgetDeadTokens(db: Sql, channels: readonly ChannelKey[]): Promise<void> {
  if (channels.length === 0) return;
  await sql`
    delete from apple_dead_tokens d
    using unnest(${channels.map(({ tenant }) => tenant)}::text[], ${channels.map(({ deviceId }) => deviceId)}::uuid[],
      ${channels.map(({ userId }) => userId)}::text[]) as n (tenant, device_id, user_id)
    where d.tenant = n.tenant and d.device_id = n.device_id and d.user_id = n.user_id`.execute(db);
}
