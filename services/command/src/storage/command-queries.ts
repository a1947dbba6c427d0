import { type RawBuilder, sql, type Transaction } from "kysely";
import type { Command, CommandState } from "../domain/command.ts";
import type { DeviceKey } from "../domain/device-key.ts";
import { type CommandRow, commandColumns, commandOf } from "./command-row.ts";
import type { CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

/** A command as people see it: with its output, and with the script it carries. */
export interface CommandWithScript {
  readonly command: Command;
  /** Empty when it carries none. */
  readonly content: string;
}

export async function findCommand(db: Sql, tenant: string, id: string): Promise<CommandWithScript | undefined> {
  const { rows } = await sql<CommandRow & { content: string | null }>`
    select ${commandColumns}, c.output, c.apple_response, b.content from commands c
    left join script_bodies b on b.tenant = c.tenant and b.id = c.body_id
    where c.tenant = ${tenant} and c.id = ${id}`.execute(db);
  return rows.map((row) => ({ command: commandOf(row), content: row.content ?? "" }))[0];
}

export interface CommandFilter {
  readonly deviceId: string | undefined;
  readonly state: CommandState | undefined;
  /** Only what came before this place in the order. */
  readonly beforeSeq: string | undefined;
}

/** Commands, newest first, without their output. */
export async function listCommands(db: Sql, tenant: string, filter: CommandFilter, limit: number): Promise<Command[]> {
  const { deviceId, state, beforeSeq } = filter;
  const newest = (of: RawBuilder<unknown>) => sql`
    (select * from commands where tenant = ${tenant} ${of}
      ${state === undefined ? sql`` : sql`and state = ${state}`}
      ${beforeSeq === undefined ? sql`` : sql`and seq < ${beforeSeq}`}
    order by seq desc limit ${limit})`;
  // What a device has open, Apple's and others', and what ended is found by an index each.
  const parts =
    deviceId === undefined
      ? [newest(sql``)]
      : PARTS.map((part) => newest(sql`and device_id = ${deviceId} and ${part}`));
  const { rows } = await sql<CommandRow>`
    select ${commandColumns} from (${sql.join(parts, sql` union all `)}) c order by c.seq desc limit ${limit}`.execute(
    db,
  );
  return rows.map(commandOf);
}

const PARTS = [
  sql`request_type = '' and ended_at is null`,
  sql`request_type <> '' and ended_at is null`,
  sql`ended_at is not null`,
];

/** What the scripts of these commands say, by body id. */
export async function findBodies(db: Sql, commands: readonly Command[]): Promise<Map<string, string>> {
  const carrying = commands.flatMap(({ tenant, script }) =>
    script === undefined ? [] : [{ tenant, id: script.bodyId }],
  );
  if (carrying.length === 0) return new Map();
  const { rows } = await sql<{ id: string; content: string }>`
    select id, content from script_bodies where (tenant, id) in (
      select * from unnest(${carrying.map(({ tenant }) => tenant)}::text[], ${carrying.map(({ id }) => id)}::uuid[]))`.execute(
    db,
  );
  return new Map(rows.map(({ id, content }) => [id, content]));
}

/** The ids of the scripts that wait for each of these devices, oldest first, in the order of the devices. */
export async function queuedScripts(db: Sql, keys: readonly DeviceKey[], now: Date): Promise<string[][]> {
  const { rows } = await sql<{ ids: string[] }>`
    select array(
      select c.id from commands c
      where c.tenant = asked.tenant and c.device_id = asked.device_id and c.request_type = '' and c.ended_at is null
        and c.state = 'queued' and c.type = 'run_script' and c.expires_at > ${now}
      order by c.seq limit 20) as ids
    from unnest(${keys.map(({ tenant }) => tenant)}::text[], ${keys.map(({ deviceId }) => deviceId)}::uuid[])
      with ordinality as asked (tenant, device_id, place) order by asked.place`.execute(db);
  return rows.map(({ ids }) => ids);
}
