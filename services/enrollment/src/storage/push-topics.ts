import { sql, type Transaction } from "kysely";
import type { EnrollmentDatabase } from "./tables.ts";

type Connection = Transaction<EnrollmentDatabase>;

/** Keeps the topic of a tenant's newest push certificate. */
export async function savePushTopic(
  connection: Connection,
  tenant: string,
  topic: string,
  uploadedAt: Date,
): Promise<void> {
  await sql`
    insert into apple_push_topics as t (tenant, topic, uploaded_at) values (${tenant}, ${topic}, ${uploadedAt})
    on conflict (tenant) do update set topic = excluded.topic, uploaded_at = excluded.uploaded_at
    where excluded.uploaded_at > t.uploaded_at`.execute(connection);
}

/**
 * The topic that a profile has to name. A device that is enrolled keeps the one it has, for as long as it is; nothing for a
 * tenant without a push certificate.
 */
export async function findPushTopic(
  connection: Connection,
  tenant: string,
  deviceId: string | undefined,
): Promise<string | undefined> {
  const { rows } = await sql<{ topic: string | null }>`
    select coalesce(
      (select topic from apple_channels where tenant = ${tenant} and device_id = ${deviceId ?? null}::uuid and user_id = ''),
      (select topic from apple_push_topics where tenant = ${tenant})) as topic`.execute(connection);
  return rows[0]?.topic ?? undefined;
}
