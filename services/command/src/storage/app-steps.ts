import { sql, type Transaction } from "kysely";
import type { DeviceKey } from "../domain/device-key.ts";
import { makeTokensDue } from "./app-tokens.ts";
import type { CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

interface Given {
  readonly tenant: string;
  readonly token_id: string;
}

async function tokensDue(db: Sql, rows: readonly Given[], now: Date): Promise<void> {
  for (const [tenant, tokens] of Map.groupBy(rows, (row) => row.tenant))
    await makeTokensDue(
      db,
      tenant,
      tokens.map(({ token_id }) => token_id),
      now,
    );
}

export interface AcceptedApp extends DeviceKey {
  readonly id: string;
  readonly identifier: string;
  readonly status: string;
}

/** Devices accepted applications: their licenses are in use, and how it goes on is asked of them. */
export async function noteAccepted(db: Sql, accepted: readonly AcceptedApp[], now: Date): Promise<void> {
  if (accepted.length === 0) return;
  const arrays = sql`unnest(${accepted.map(({ tenant }) => tenant)}::text[], ${accepted.map(({ deviceId }) => deviceId)}::uuid[],
    ${accepted.map(({ id }) => id)}::uuid[], ${accepted.map(({ identifier }) => identifier)}::text[],
    ${accepted.map(({ status }) => status)}::text[]) as n (tenant, device_id, id, identifier, status)`;
  await sql`
    update app_licenses l set installed = true, identifier = n.identifier from ${arrays}
    where l.tenant = n.tenant and l.command_id = n.id`.execute(db);
  await sql`
    insert into app_installs (tenant, device_id, command_id, identifier, state, status, ask_at, accepted_at)
    select tenant, device_id, id, identifier, 'accepted', status, ${now}::timestamptz, ${now}::timestamptz from ${arrays}
    where identifier <> '' on conflict do nothing`.execute(db);
}

/** Commands ended without an application: nobody waits for their licenses, and those that were never used go back. */
export async function returnUnused(db: Sql, commands: readonly (DeviceKey & { readonly id: string })[], now: Date) {
  if (commands.length === 0) return;
  const these = sql`unnest(${commands.map(({ tenant }) => tenant)}::text[], ${commands.map(({ id }) => id)}::uuid[]) as n (tenant, id)`;
  await sql`
    delete from app_licenses l using ${these}
    where l.tenant = n.tenant and l.command_id = n.id and l.state = 'wanted' and not l.installed`.execute(db);
  const { rows } = await sql<Given>`
    update app_licenses l set state = case when l.installed then 'held' else 'returning' end, event_id = '', attempts = 0,
      since = ${now}
    from ${these}
    where l.tenant = n.tenant and l.command_id = n.id
      and (l.state = 'held' and not l.installed or l.state = 'wanted' and l.installed)
    returning l.tenant, l.token_id`.execute(db);
  await tokensDue(db, rows, now);
}

/** Applications are gone from devices: their licenses go back. One whose name is not known may be any. */
export async function returnRemoved(
  db: Sql,
  removed: readonly (DeviceKey & { readonly identifier: string })[],
  now: Date,
): Promise<void> {
  if (removed.length === 0) return;
  const { rows } = await sql<Given>`
    update app_licenses l set state = 'returning', event_id = '', attempts = 0, since = ${now}
    from unnest(${removed.map(({ tenant }) => tenant)}::text[], ${removed.map(({ deviceId }) => deviceId)}::uuid[],
      ${removed.map(({ identifier }) => identifier)}::text[]) as n (tenant, device_id, identifier)
    where l.tenant = n.tenant and l.device_id = n.device_id and l.identifier = n.identifier and n.identifier <> ''
      and l.state = 'held'
    returning l.tenant, l.token_id`.execute(db);
  await tokensDue(db, rows, now);
}

/** Devices left: everything they have goes back. */
export async function returnAllOf(db: Sql, devices: readonly DeviceKey[], now: Date): Promise<void> {
  if (devices.length === 0) return;
  const { rows } = await sql<Given>`
    update app_licenses l set state = 'returning', event_id = '', attempts = 0, since = ${now}
    from unnest(${devices.map(({ tenant }) => tenant)}::text[], ${devices.map(({ deviceId }) => deviceId)}::uuid[])
      as n (tenant, device_id)
    where l.tenant = n.tenant and l.device_id = n.device_id and l.state = 'held'
    returning l.tenant, l.token_id`.execute(db);
  await tokensDue(db, rows, now);
}
