import { sql, type Transaction } from "kysely";
import type { Command } from "../domain/command.ts";
import { dueAt } from "../domain/decide.ts";
import type { DeviceKey } from "../domain/device-key.ts";
import { type CommandRow, changeableRow, commandColumns, commandOf, openOrder, stillOpen } from "./command-row.ts";
import { owePushes } from "./push-dues.ts";
import type { CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

export interface CommandKey extends DeviceKey {
  /** A command's id or that of its withdrawal. */
  readonly id: string;
}

/** How many commands a device gets in one answer. */
const HAND_OUT_AT_MOST = 10;

const deviceArrays = (keys: readonly DeviceKey[]) => ({
  tenants: keys.map(({ tenant }) => tenant),
  devices: keys.map(({ deviceId }) => deviceId),
});

/**
 * The oldest commands that each of these devices could be handed now, and the withdrawals it has to be told of, locked.
 * What another transaction is handing out at this moment is left to it.
 */
export async function lockDeliverable(db: Sql, keys: readonly DeviceKey[], now: Date): Promise<Command[]> {
  const { tenants, devices } = deviceArrays(keys);
  const { rows } = await sql<CommandRow>`
    select ${commandColumns} from unnest(${tenants}::text[], ${devices}::uuid[]) as asked (tenant, device_id)
    cross join lateral (
      select * from commands o
      where o.tenant = asked.tenant and o.device_id = asked.device_id and o.request_type = '' and o.ended_at is null
        and o.type <> 'unenroll'
        and case when o.withdrawal_id is null
          then o.expires_at > ${now} and (o.state = 'queued' or (o.state = 'delivered' and o.lease_until <= ${now}))
          else o.withdrawal_lease_until is null or o.withdrawal_lease_until <= ${now} end
      order by o.seq limit ${HAND_OUT_AT_MOST} for update skip locked
    ) c order by c.tenant, c.device_id, c.seq`.execute(db);
  return rows.map(commandOf);
}

/** The commands with these ids, and those whose withdrawal has one of them, of exactly these devices, locked. */
export async function lockByIds(db: Sql, keys: readonly CommandKey[]): Promise<Command[]> {
  const { tenants, devices } = deviceArrays(keys);
  const { rows } = await sql<CommandRow>`
    with asked as (
      select * from unnest(${tenants}::text[], ${devices}::uuid[], ${keys.map(({ id }) => id)}::uuid[]) as a (tenant, device_id, id)
    ), found as (
      select o.tenant, o.id from asked a join commands o on o.tenant = a.tenant and o.id = a.id and o.device_id = a.device_id
      union
      select o.tenant, o.id from asked a
      join commands o on o.tenant = a.tenant and o.withdrawal_id = a.id and o.device_id = a.device_id
    )
    select ${commandColumns} from commands c join found using (tenant, id)
    order by c.tenant, c.device_id, c.seq for update of c`.execute(db);
  return rows.map(commandOf);
}

/** What Apple's devices speak of, by the ids of the commands themselves, locked. */
export async function lockAppleByIds(db: Sql, keys: readonly CommandKey[]): Promise<Command[]> {
  if (keys.length === 0) return [];
  const { tenants, devices } = deviceArrays(keys);
  const { rows } = await sql<CommandRow>`
    select ${commandColumns} from unnest(${tenants}::text[], ${devices}::uuid[], ${keys.map(({ id }) => id)}::uuid[])
      as asked (tenant, device_id, id)
    join commands c on c.tenant = asked.tenant and c.id = asked.id and c.device_id = asked.device_id
    order by c.tenant, c.device_id, c.seq for update of c`.execute(db);
  return rows.map(commandOf);
}

export async function lockById(db: Sql, tenant: string, id: string): Promise<Command | undefined> {
  const { rows } = await sql<CommandRow>`
    select ${commandColumns} from commands c where c.tenant = ${tenant} and c.id = ${id} for update`.execute(db);
  return rows.map(commandOf)[0];
}

/** Everything open of these devices, locked. */
export async function lockOpen(db: Sql, keys: readonly DeviceKey[]): Promise<Command[]> {
  const { tenants, devices } = deviceArrays(keys);
  const { rows } = await sql<CommandRow>`
    with found as materialized (
      select asked.tenant, o.seq from unnest(${tenants}::text[], ${devices}::uuid[]) as asked (tenant, device_id)
      cross join lateral (
        (select o.seq from commands o
          where o.tenant = asked.tenant and o.device_id = asked.device_id and o.request_type = '' and o.ended_at is null
          order by o.seq)
        union all
        (select o.seq from commands o
          where o.tenant = asked.tenant and o.device_id = asked.device_id and o.request_type <> '' and o.ended_at is null
          order by ${openOrder})
      ) o
    )
    select ${commandColumns} from found join commands c on c.tenant = found.tenant and c.seq = found.seq
    where ${stillOpen}
    order by c.tenant, c.device_id, c.seq for update of c`.execute(db);
  return rows.map(commandOf);
}

/** Open commands, of all tenants, whose time is up, locked; what another replica sweeps is left to it. */
export async function lockDue(db: Sql, now: Date, limit: number): Promise<Command[]> {
  const { rows } = await sql<CommandRow>`
    select ${commandColumns} from commands c
    where c.ended_at is null and c.due_at <= ${now}
    order by c.due_at limit ${limit} for update skip locked`.execute(db);
  return rows.map(commandOf);
}

/** Looks at these commands again when time may end them; the sweep found them too early. */
export async function lookLater(db: Sql, commands: readonly Command[]): Promise<void> {
  if (commands.length === 0) return;
  const { tenants, devices } = deviceArrays(commands);
  await sql`
    update commands c set due_at = n.due_at
    from unnest(${tenants}::text[], ${devices}::uuid[], ${commands.map(({ seq }) => seq)}::bigint[],
      ${commands.map(dueAt)}::timestamptz[]) as n (tenant, device_id, seq, due_at)
    where c.tenant = n.tenant and c.device_id = n.device_id and c.seq = n.seq`.execute(db);
}

/** Writes what changed in commands that this transaction has locked; what is due later stays where it is until then. */
export async function saveCommands(db: Sql, commands: readonly Command[]): Promise<void> {
  if (commands.length === 0) return;
  const rows = commands.map(changeableRow);
  const column = (name: keyof (typeof rows)[number]) => rows.map((row) => row[name]);
  await sql`
    update commands c set state = n.state, due_at = least(c.due_at, n.due_at), delivered_at = n.delivered_at, lease_until = n.lease_until,
      deliveries = n.deliveries, withdrawal_id = n.withdrawal_id, withdrawal_lease_until = n.withdrawal_lease_until,
      ended_at = n.ended_at, exit_code = n.exit_code, output = n.output, output_truncated = n.output_truncated,
      failure = n.failure, result_started_at = n.result_started_at, result_ended_at = n.result_ended_at, version = n.version,
      put_off = n.put_off, apple_response = n.apple_response, apple_errors = n.apple_errors
    from unnest(${column("tenant")}::text[], ${column("device_id")}::uuid[], ${column("seq")}::bigint[],
      ${column("state")}::text[], ${column("due_at")}::timestamptz[], ${column("delivered_at")}::timestamptz[],
      ${column("lease_until")}::timestamptz[], ${column("deliveries")}::int[], ${column("withdrawal_id")}::uuid[],
      ${column("withdrawal_lease_until")}::timestamptz[], ${column("ended_at")}::timestamptz[], ${column("exit_code")}::int[],
      ${column("output")}::text[], ${column("output_truncated")}::boolean[], ${column("failure")}::text[],
      ${column("result_started_at")}::timestamptz[], ${column("result_ended_at")}::timestamptz[], ${column("version")}::int[],
      ${column("put_off")}::boolean[], ${column("apple_response")}::jsonb[], ${column("apple_errors")}::jsonb[])
      as n (tenant, device_id, seq, state, due_at, delivered_at, lease_until, deliveries, withdrawal_id,
        withdrawal_lease_until, ended_at, exit_code, output, output_truncated, failure, result_started_at, result_ended_at, version,
        put_off, apple_response, apple_errors)
    where c.tenant = n.tenant and c.device_id = n.device_id and c.seq = n.seq`.execute(db);
}

/**
 * Adds new commands, leaves out those whose id is there already, and returns those it added, with their place. Apple's
 * devices are owed a push for them, unless they are here.
 */
export async function insertCommands(
  db: Sql,
  commands: readonly Command[],
  { areHere = false } = {},
): Promise<Command[]> {
  const rows = commands.map((command) => ({ ...changeableRow(command), command }));
  const column = (read: (row: (typeof rows)[number]) => unknown) => rows.map(read);
  const { rows: added } = await sql<{ id: string; tenant: string; seq: string }>`
    insert into commands (tenant, device_id, id, type, state, script_id, body_id, body_bytes, timeout_seconds, created_by,
      reason, traceparent, created_at, expires_at, due_at, ended_at, failure, request_type, user_id, epoch, priority,
      supersede_key, apple_body_id)
    select * from unnest(${column((row) => row.tenant)}::text[], ${column((row) => row.device_id)}::uuid[],
      ${column((row) => row.command.id)}::uuid[], ${column((row) => row.command.type)}::text[],
      ${column((row) => row.state)}::text[], ${column((row) => row.command.script?.scriptId ?? "")}::text[],
      ${column((row) => row.command.script?.bodyId ?? null)}::uuid[], ${column((row) => row.command.script?.bodyBytes ?? 0)}::int[],
      ${column((row) => row.command.script?.timeoutSeconds ?? 0)}::int[], ${column((row) => row.command.createdBy)}::text[],
      ${column((row) => row.command.reason)}::text[], ${column((row) => row.command.traceparent)}::text[],
      ${column((row) => row.command.createdAt)}::timestamptz[], ${column((row) => row.command.expiresAt)}::timestamptz[],
      ${column((row) => row.due_at)}::timestamptz[], ${column((row) => row.ended_at)}::timestamptz[],
      ${column((row) => row.failure)}::text[], ${column(({ command }) => command.apple?.requestType ?? "")}::text[],
      ${column(({ command }) => command.apple?.userId ?? "")}::text[], ${column(({ command }) => command.apple?.epoch ?? 0)}::int[],
      ${column(({ command }) => command.apple?.priority ?? 0)}::smallint[],
      ${column(({ command }) => command.apple?.supersedeKey ?? "")}::text[],
      ${column(({ command }) => command.apple?.bodyId ?? null)}::uuid[])
    on conflict on constraint commands_id do nothing returning id, tenant, seq`.execute(db);
  const places = new Map(added.map((row) => [`${row.tenant}/${row.id}`, row.seq]));
  const inserted = commands.flatMap((command) => {
    const key = `${command.tenant}/${command.id}`;
    const seq = places.get(key);
    // The same id twice in one call is one command.
    places.delete(key);
    return seq === undefined ? [] : [{ ...command, seq }];
  });
  if (!areHere) await owePushes(db, inserted.flatMap(channelOfCommand), "command");
  return inserted;
}

const channelOfCommand = ({ apple, createdAt, deviceId, state, tenant }: Command) =>
  apple === undefined || state !== "queued" ? [] : [{ tenant, deviceId, userId: apple.userId, dueAt: createdAt }];
