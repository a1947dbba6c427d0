import { sql, type Transaction } from "kysely";
import type { LicenseSource } from "./app-assets.ts";
import type { CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

export type LicenseState = "wanted" | "asked" | "held" | "returning";

export interface LicenseRow extends LicenseSource {
  readonly device_id: string;
  readonly command_id: string;
  readonly state: LicenseState;
  readonly of_person: boolean;
  readonly assignee: string;
  readonly event_id: string;
  readonly identifier: string;
  readonly installed: boolean;
  readonly attempts: number;
  readonly wanted_at: Date;
  readonly since: Date;
}

/** A license with the enrollment that speaks for its device. */
export interface OpenLicense extends LicenseRow {
  readonly enrollment_id: string | null;
}

const COLUMNS = sql.raw(
  `token_id adam_id pricing_param device_id command_id state of_person assignee event_id identifier installed attempts
   wanted_at since`
    .split(/\s+/)
    .map((column) => `l.${column}`)
    .join(", "),
);

/** Commands of one tenant for as many devices. */
interface Waiting {
  readonly tenant: string;
  readonly deviceIds: readonly string[];
  /** In the order of the devices. */
  readonly ids: readonly string[];
}

/**
 * These commands are held back until their devices have a license. One that a device has, or waits for, is this command's now:
 * Apple is asked again, which changes nothing where it is given already.
 */
export async function wantLicenses(
  db: Sql,
  source: LicenseSource,
  { deviceIds, ids, tenant }: Waiting,
  now: Date,
): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update commands set awaits_license = true where tenant = ${tenant} and id = any(${ids}::uuid[])`.execute(db);
  await sql`
    insert into app_licenses as l (tenant, token_id, adam_id, pricing_param, device_id, command_id, state, of_person,
      wanted_at, since)
    select ${tenant}, ${source.token_id}::uuid, ${source.adam_id}, ${source.pricing_param}, n.device_id, n.id, 'wanted',
      coalesce(c.personal, false), ${now}::timestamptz, ${now}::timestamptz
    from unnest(${deviceIds}::uuid[], ${ids}::uuid[]) as n (device_id, id)
    left join apple_channels c on c.tenant = ${tenant} and c.device_id = n.device_id
    on conflict (tenant, token_id, adam_id, pricing_param, device_id) do update set command_id = excluded.command_id,
      state = 'wanted', event_id = '', attempts = 0, wanted_at = excluded.wanted_at, since = excluded.since`.execute(
    db,
  );
}

/** What is to be done for a token, those that wait longest first. */
export async function openLicenses(db: Sql, tenant: string, tokenId: string, limit: number): Promise<OpenLicense[]> {
  const { rows } = await sql<OpenLicense>`
    select ${COLUMNS}, c.enrollment_id from app_licenses l
    left join apple_channels c on c.tenant = l.tenant and c.device_id = l.device_id and c.enrolled
    where l.tenant = ${tenant} and l.token_id = ${tokenId} and l.state <> 'held'
    order by l.wanted_at, l.device_id limit ${limit}`.execute(db);
  return rows;
}

export interface LicenseChange {
  readonly state: LicenseState;
  readonly assignee: string;
  readonly eventId: string;
  readonly attempts: number;
}

const same = (rows: readonly LicenseRow[]) =>
  sql`unnest(${rows.map((row) => row.token_id)}::uuid[], ${rows.map((row) => row.adam_id)}::text[],
    ${rows.map((row) => row.pricing_param)}::text[], ${rows.map((row) => row.device_id)}::uuid[],
    ${rows.map((row) => row.command_id)}::uuid[], ${rows.map((row) => row.state)}::text[])`;

/** Writes what became of licenses, save of those that changed otherwise meanwhile. @returns those that it wrote */
export async function changeLicenses<Row extends LicenseRow>(
  db: Sql,
  tenant: string,
  changes: readonly (readonly [Row, Partial<LicenseChange>])[],
  now: Date,
): Promise<Row[]> {
  if (changes.length === 0) return [];
  const rows = changes.map(([row]) => row);
  const to = changes.map(
    ([row, change]): LicenseChange => ({
      state: change.state ?? row.state,
      assignee: change.assignee ?? row.assignee,
      eventId: change.eventId ?? row.event_id,
      attempts: change.attempts ?? row.attempts,
    }),
  );
  const { rows: written } = await sql<{ command_id: string; device_id: string }>`
    update app_licenses l set state = n.next, assignee = n.assignee, event_id = n.event_id, attempts = n.attempts,
      since = case when l.state = n.next then l.since else ${now}::timestamptz end
    from (select o.*, t.* from ${same(rows)} with ordinality as o (token_id, adam_id, pricing_param, device_id, command_id, state, n)
      join unnest(${to.map(({ state }) => state)}::text[], ${to.map(({ assignee }) => assignee)}::text[],
        ${to.map(({ eventId }) => eventId)}::text[], ${to.map(({ attempts }) => attempts)}::int[]) with ordinality
        as t (next, assignee, event_id, attempts, m) on t.m = o.n) n
    where l.tenant = ${tenant} and l.token_id = n.token_id and l.adam_id = n.adam_id and l.pricing_param = n.pricing_param
      and l.device_id = n.device_id and l.command_id = n.command_id and l.state = n.state
    returning l.command_id, l.device_id`.execute(db);
  const done = new Set(written.map((row) => `${row.device_id}/${row.command_id}`));
  return rows.filter((row) => done.has(`${row.device_id}/${row.command_id}`));
}

/** Forgets licenses that are given back, or were never given; those that changed meanwhile stay. */
export async function forgetLicenses(db: Sql, tenant: string, rows: readonly LicenseRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    delete from app_licenses l using ${same(rows)} as n (token_id, adam_id, pricing_param, device_id, command_id, state)
    where l.tenant = ${tenant} and l.token_id = n.token_id and l.adam_id = n.adam_id and l.pricing_param = n.pricing_param
      and l.device_id = n.device_id and l.command_id = n.command_id and l.state = n.state`.execute(db);
}

/** These commands may be handed out. @returns those that are still to be carried out */
export async function letGo(db: Sql, tenant: string, commandIds: readonly string[]): Promise<Set<string>> {
  if (commandIds.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    update commands set awaits_license = false
    where tenant = ${tenant} and id = any(${[...commandIds]}::uuid[]) and state = 'queued' returning id`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

export interface LicenseFilter {
  readonly adamId: string;
  readonly deviceId: string | undefined;
  readonly after: readonly [deviceId: string, adamId: string, tokenId: string] | undefined;
}

export async function listAppLicenses(
  db: Sql,
  tenant: string,
  { adamId, after, deviceId }: LicenseFilter,
  limit: number,
): Promise<LicenseRow[]> {
  const none = "00000000-0000-0000-0000-000000000000";
  const [afterDevice, afterAdam, afterToken] = after ?? [none, "", none];
  const { rows } = await sql<LicenseRow>`
    select ${COLUMNS} from app_licenses l
    where l.tenant = ${tenant} and (${adamId} = '' or l.adam_id = ${adamId})
      and (${deviceId ?? null}::uuid is null or l.device_id = ${deviceId ?? null}::uuid)
      and (l.device_id, l.adam_id, l.token_id) > (${afterDevice}::uuid, ${afterAdam}, ${afterToken}::uuid)
    order by l.device_id, l.adam_id, l.token_id limit ${limit}`.execute(db);
  return rows;
}
