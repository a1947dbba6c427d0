import { sql, type Transaction } from "kysely";
import { refuse } from "../../domain/refusals.ts";
import type { NotificationTables } from "../tables.ts";

type Db = Transaction<NotificationTables>;

async function requireDevice(db: Db, tenant: string, deviceId: string): Promise<void> {
  const { rows } = await sql`select 1 from devices where tenant = ${tenant} and device_id = ${deviceId}`.execute(db);
  if (rows.length === 0) throw refuse("signal.device_unknown", `there is no device ${deviceId}`);
}

/** @returns the person's address, empty when nobody is known. */
export async function findPerson(db: Db, tenant: string, deviceId: string): Promise<string> {
  await requireDevice(db, tenant, deviceId);
  const { rows } = await sql<{ email: string }>`
    select email from device_persons where tenant = ${tenant} and device_id = ${deviceId}`.execute(db);
  return rows[0]?.email ?? "";
}

export async function assignPerson(db: Db, tenant: string, deviceId: string, email: string): Promise<void> {
  await requireDevice(db, tenant, deviceId);
  await (email === ""
    ? sql`delete from device_persons where tenant = ${tenant} and device_id = ${deviceId}`.execute(db)
    : sql`insert into device_persons (tenant, device_id, email) values (${tenant}, ${deviceId}, ${email})
        on conflict (tenant, device_id) do update set email = excluded.email`.execute(db));
}
