import { sql, type Transaction } from "kysely";
import type { DeviceKey } from "./devices.ts";
import type { PolicyTables } from "./tables.ts";

/** A user of a device that has a channel of their own. */
export interface ChannelUser {
  readonly userId: string;
  readonly shortName: string;
  readonly longName: string;
}

/** What enrollment tells of a device over Apple's protocol. */
export interface AppleNews extends DeviceKey {
  readonly version: number;
  readonly generation: number;
  readonly enrolled: boolean;
  readonly personal: boolean;
  readonly udid: string;
  readonly serialNumber: string;
  readonly hardwareModel: string;
  readonly managedAccount: string;
  readonly users: readonly ChannelUser[];
}

/** Keeps what is newer than what is held, each device at most once. */
export async function applyApple(db: Transaction<PolicyTables>, news: readonly AppleNews[]): Promise<void> {
  const column = (read: (each: AppleNews) => unknown) => news.map(read);
  await sql`
    insert into apple_devices as d (tenant, device_id, generation, enrolled, personal, udid, serial_number, hardware_model,
      managed_account, users, version)
    select * from unnest(${column((each) => each.tenant)}::text[], ${column((each) => each.deviceId)}::text[],
      ${column((each) => each.generation)}::int[], ${column((each) => each.enrolled)}::boolean[],
      ${column((each) => each.personal)}::boolean[], ${column((each) => each.udid)}::text[],
      ${column((each) => each.serialNumber)}::text[], ${column((each) => each.hardwareModel)}::text[],
      ${column((each) => each.managedAccount)}::text[], ${column((each) => JSON.stringify(each.users))}::jsonb[],
      ${column((each) => each.version)}::bigint[])
    on conflict (tenant, device_id) do update set generation = excluded.generation, enrolled = excluded.enrolled,
      personal = excluded.personal, udid = excluded.udid, serial_number = excluded.serial_number,
      hardware_model = excluded.hardware_model, managed_account = excluded.managed_account, users = excluded.users,
      version = excluded.version
    where d.version < excluded.version`.execute(db);
}

/** What variables stand for on one device. */
export interface AppleFacts {
  readonly displayName: string;
  readonly personal: boolean;
  readonly udid: string;
  readonly serialNumber: string;
  readonly hardwareModel: string;
  readonly managedAccount: string;
  readonly users: readonly ChannelUser[];
}

export async function findAppleFacts(
  db: Transaction<PolicyTables>,
  { deviceId, tenant }: DeviceKey,
): Promise<AppleFacts | undefined> {
  const { rows } = await sql<AppleFacts>`
    select d.display_name as "displayName", a.personal, a.udid, a.serial_number as "serialNumber",
      a.hardware_model as "hardwareModel", a.managed_account as "managedAccount", a.users
    from apple_devices a join devices d on d.tenant = a.tenant and d.id = a.device_id
    where a.tenant = ${tenant} and a.device_id = ${deviceId} and a.enrolled and d.enrolled`.execute(db);
  return rows[0];
}
