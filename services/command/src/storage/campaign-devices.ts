import { sql, type Transaction } from "kysely";
import type { Campaign, Counts } from "../domain/campaign/campaign.ts";
import type { Command, CommandState } from "../domain/command.ts";
import { type CommandRow, commandColumns, commandOf } from "./command-row.ts";
import type { CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

/**
 * Puts devices into the waves of a campaign, in an order that follows from nothing but the campaign: a first wave is a
 * sample of them all. `commandIds` are the ids that their commands will have.
 */
export async function insertCampaignDevices(
  db: Sql,
  { id, tenant, waveSizes }: Campaign,
  deviceIds: readonly string[],
  commandIds: readonly string[],
): Promise<void> {
  let first = 1;
  const firsts = waveSizes.map((size) => {
    const place = first;
    first += size;
    return place;
  });
  await sql`
    insert into campaign_devices (tenant, campaign_id, wave, device_id, command_id)
    select ${tenant}, ${id}::uuid, width_bucket(n.place::int, ${firsts}::int[]) as wave, n.device_id, n.command_id
    from (
      select device_id, command_id, row_number() over (order by md5(${id} || device_id::text)) as place
      from unnest(${deviceIds}::uuid[], ${commandIds}::uuid[]) as a (device_id, command_id)
    ) n order by wave, n.device_id`.execute(db);
}

/** The devices of a wave that were not asked yet, with the ids that their commands will have. */
export async function waitingDevices(db: Sql, { id, tenant }: Campaign, wave: number): Promise<Map<string, string>> {
  const { rows } = await sql<{ device_id: string; command_id: string }>`
    select d.device_id, d.command_id from campaign_devices d
    where d.tenant = ${tenant} and d.campaign_id = ${id} and d.wave = ${wave} and d.refusal = ''
      and not exists (select from commands c where c.tenant = d.tenant and c.id = d.command_id)`.execute(db);
  return new Map(rows.map((row) => [row.device_id, row.command_id]));
}

/** Notes why devices of a wave may not be asked. */
export async function refuseDevices(
  db: Sql,
  { id, tenant }: Campaign,
  wave: number,
  { code, deviceIds }: { readonly code: string; readonly deviceIds: readonly string[] },
): Promise<void> {
  await sql`
    update campaign_devices set refusal = ${code}
    where tenant = ${tenant} and campaign_id = ${id} and wave = ${wave} and device_id = any(${deviceIds}::uuid[])`.execute(
    db,
  );
}

/** How the devices of a campaign stand: all of them, and those of the wave that was asked last. */
export async function countDevices(
  db: Sql,
  { deviceCount, id, tenant, wave, waveSizes }: Campaign,
): Promise<{ readonly whole: Counts; readonly wave: Counts }> {
  const { rows } = await sql<{ wave: number; state: CommandState | "refused"; devices: number }>`
    select campaign_wave as wave, state, count(*)::int as devices from commands
    where tenant = ${tenant} and campaign_id = ${id} group by 1, 2
    union all
    select wave, 'refused', count(*)::int from campaign_devices
    where tenant = ${tenant} and campaign_id = ${id} and refusal <> '' group by 1`.execute(db);
  const countsOf = (of: readonly (typeof rows)[number][], devices: number): Counts => {
    const count = (...states: (typeof rows)[number]["state"][]) =>
      of.reduce((sum, row) => sum + (states.includes(row.state) ? row.devices : 0), 0);
    return {
      waiting: devices - of.reduce((sum, row) => sum + row.devices, 0),
      refused: count("refused"),
      queued: count("queued"),
      delivered: count("delivered", "running"),
      acknowledged: count("acknowledged"),
      failed: count("failed"),
      expired: count("expired"),
      cancelled: count("cancelled"),
    };
  };
  return {
    whole: countsOf(rows, deviceCount),
    wave: countsOf(
      rows.filter((row) => row.wave === wave),
      waveSizes[wave - 1] ?? 0,
    ),
  };
}

/** Commands of a campaign that are to be withdrawn, locked. */
export async function lockWithdrawable(
  db: Sql,
  { id, tenant, withdrawing }: Campaign,
  limit: number,
): Promise<Command[]> {
  const { rows } = await sql<CommandRow>`
    select ${commandColumns} from commands c
    where c.tenant = ${tenant} and c.campaign_id = ${id} and c.withdrawal_id is null
      and c.state = any(${withdrawing === "open" ? ["queued", "delivered", "running"] : ["queued"]}::text[])
    limit ${limit} for update of c`.execute(db);
  return rows.map(commandOf);
}

/** The devices of these commands, which were taken back, wait again: their next commands have ids of their own. */
export async function waitAgain(
  db: Sql,
  { id, tenant }: Campaign,
  commands: readonly Command[],
  commandIds: readonly string[],
): Promise<void> {
  await sql`
    with taken as (
      update commands c set campaign_id = null, campaign_wave = null
      from unnest(${commands.map((command) => command.id)}::uuid[], ${commandIds}::uuid[]) as n (id, next)
      where c.tenant = ${tenant} and c.id = n.id returning c.id, n.next
    )
    update campaign_devices d set command_id = taken.next from taken
    where d.tenant = ${tenant} and d.campaign_id = ${id} and d.command_id = taken.id`.execute(db);
}

export interface CampaignDeviceRow {
  readonly device_id: string;
  readonly wave: number;
  readonly refusal: string;
  readonly command_id: string | null;
  readonly state: CommandState | null;
  readonly failure: string | null;
  readonly ended_at: Date | null;
}

export type DeviceFilter = "waiting" | "refused" | "open" | "acknowledged" | "failed" | "expired" | "cancelled";

/** The devices of a campaign, wave by wave, from after a place on. */
export async function listCampaignDevices(
  db: Sql,
  tenant: string,
  campaignId: string,
  { after, state }: { readonly after: readonly [string, string] | undefined; readonly state: DeviceFilter | undefined },
  limit: number,
): Promise<CampaignDeviceRow[]> {
  const only = {
    waiting: sql`and d.refusal = '' and c.id is null`,
    refused: sql`and d.refusal <> ''`,
    open: sql`and c.id is not null and c.ended_at is null`,
  };
  const filter =
    state === undefined
      ? sql``
      : state === "waiting" || state === "refused" || state === "open"
        ? only[state]
        : sql`and c.state = ${state}`;
  const { rows } = await sql<CampaignDeviceRow>`
    select d.device_id, d.wave, d.refusal, c.id as command_id, c.state, c.failure, c.ended_at
    from campaign_devices d left join commands c on c.tenant = d.tenant and c.id = d.command_id
    where d.tenant = ${tenant} and d.campaign_id = ${campaignId}
      ${after === undefined ? sql`` : sql`and (d.wave, d.device_id) > (${after[0]}::int, ${after[1]}::uuid)`} ${filter}
    order by d.wave, d.device_id limit ${limit}`.execute(db);
  return rows;
}
