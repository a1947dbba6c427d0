import { sql, type Transaction } from "kysely";
import { type AppInstallState, askAgainAt } from "../domain/apple/app-install.ts";
import type { DeviceKey } from "../domain/device-key.ts";
import { keyOf } from "../domain/device-key.ts";
import type { CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

export interface AppInstallRow {
  readonly tenant: string;
  readonly device_id: string;
  readonly command_id: string;
  readonly identifier: string;
  readonly state: AppInstallState;
  readonly status: string;
  readonly accepted_at: Date;
  readonly ended_at: Date | null;
}

const COLUMNS = sql.raw(
  "i.tenant, i.device_id, i.command_id, i.identifier, i.state, i.status, i.accepted_at, i.ended_at",
);

const arraysOf = (keys: readonly DeviceKey[]) =>
  sql`unnest(${keys.map(({ tenant }) => tenant)}::text[], ${keys.map(({ deviceId }) => deviceId)}::uuid[])`;

export interface Asked {
  /** The devices, by `keyOf`, that are to be asked now how far their installations are. */
  readonly devices: ReadonlySet<string>;
  /** Installations that nobody asks about any more. */
  readonly given: readonly AppInstallRow[];
}

/** Notes that these devices are asked now, as far as it is time; what was asked often enough ends as unknown. */
export async function claimInstalls(db: Sql, keys: readonly DeviceKey[], now: Date): Promise<Asked> {
  const { rows } = await sql<AppInstallRow & { asked: number }>`
    select ${COLUMNS}, i.asked from ${arraysOf(keys)} as k (tenant, device_id)
    join app_installs i on i.tenant = k.tenant and i.device_id = k.device_id
    where i.state = 'accepted' and i.ask_at <= ${now}
    order by i.tenant, i.command_id for update of i skip locked`.execute(db);
  if (rows.length === 0) return { devices: new Set(), given: [] };
  const next = rows.map((row) => ({ row, at: askAgainAt(row.asked + 1, now) }));
  await sql`
    update app_installs i set asked = i.asked + 1, ask_at = coalesce(n.at, i.ask_at),
      state = case when n.at is null then 'unknown' else i.state end, ended_at = case when n.at is null then ${now}::timestamptz end
    from unnest(${next.map(({ row }) => row.tenant)}::text[], ${next.map(({ row }) => row.command_id)}::uuid[],
      ${next.map(({ at }) => at ?? null)}::timestamptz[]) as n (tenant, command_id, at)
    where i.tenant = n.tenant and i.command_id = n.command_id`.execute(db);
  return {
    devices: new Set(
      next.flatMap(({ at, row }) => (at === undefined ? [] : [keyOf({ tenant: row.tenant, deviceId: row.device_id })])),
    ),
    given: next.flatMap(({ at, row }) =>
      at === undefined ? [{ ...row, state: "unknown" as const, ended_at: now }] : [],
    ),
  };
}

export interface ToldApp extends DeviceKey {
  readonly identifier: string;
  readonly status: string;
  readonly state: AppInstallState;
}

/** Notes what devices told of their installations. @returns those that ended by it */
export async function noteInstalls(db: Sql, told: readonly ToldApp[], now: Date): Promise<AppInstallRow[]> {
  if (told.length === 0) return [];
  const { rows } = await sql<AppInstallRow>`
    update app_installs i set status = n.status, state = n.state,
      ended_at = case when n.state = 'accepted' then null else ${now}::timestamptz end
    from unnest(${told.map(({ tenant }) => tenant)}::text[], ${told.map(({ deviceId }) => deviceId)}::uuid[],
      ${told.map(({ identifier }) => identifier)}::text[], ${told.map(({ status }) => status)}::text[],
      ${told.map(({ state }) => state)}::text[]) as n (tenant, device_id, identifier, status, state)
    where i.tenant = n.tenant and i.device_id = n.device_id and i.identifier = n.identifier and i.state = 'accepted'
    returning ${COLUMNS}`.execute(db);
  return rows.filter(({ state }) => state !== "accepted");
}

const SHOWN_AT_MOST = 500;

/** The installations that a device accepted, newest first. */
export async function listAppInstalls(db: Sql, tenant: string, deviceId: string): Promise<AppInstallRow[]> {
  const { rows } = await sql<AppInstallRow>`
    select ${COLUMNS} from app_installs i where i.tenant = ${tenant} and i.device_id = ${deviceId}
    order by i.accepted_at desc, i.command_id desc limit ${SHOWN_AT_MOST}`.execute(db);
  return rows;
}
