import { Uuids } from "@muster/postgres/uuids";
import { sql, type Transaction } from "kysely";
import type { Command } from "../domain/command.ts";
import { dueAt } from "../domain/decide.ts";
import { type CommandRow, commandColumns, commandOf } from "./command-row.ts";
import { owePushesLater } from "./push-batches.ts";
import { owePushesAlike } from "./push-dues.ts";
import type { CommandDatabase } from "./tables.ts";

/** Commands that are alike but for their devices and ids. */
export interface CommandBatch {
  /** One of them; its device and id stand for the others'. */
  readonly like: Command;
  readonly deviceIds: Uuids;
  /** In the order of the devices. */
  readonly ids: Uuids;
}

/** The commands of a batch one by one. */
export function membersOf({ deviceIds, ids, like }: CommandBatch): Command[] {
  const devices = deviceIds.texts();
  return ids.texts().map((id, place) => ({ ...like, id, deviceId: devices[place] ?? "" }));
}

/** The wave of a campaign that commands belong to. */
export interface CampaignWave {
  readonly campaignId: string;
  readonly wave: number;
}

export interface BatchOrigin {
  /** The ids were made for this batch a moment ago. Of others some may be there already, from the same request. */
  readonly idsAreNew: boolean;
  readonly campaign: CampaignWave | undefined;
}

/** More devices are owed their pushes in batches: they are sent over minutes anyway. */
const OWED_AT_ONCE = 1_000;

/**
 * Adds new commands, leaves out those whose id is there already, and returns those it added: a statement or two, however many.
 * Apple's devices are owed a push for them.
 */
export async function insertBatch(
  db: Transaction<CommandDatabase>,
  batch: CommandBatch,
  origin: BatchOrigin,
): Promise<CommandBatch> {
  const added = await insertAlike(db, batch, origin);
  const { apple, createdAt, tenant } = added.like;
  if (apple === undefined) return added;
  const owed = { tenant, userId: apple.userId, dueAt: createdAt };
  if (added.deviceIds.length > OWED_AT_ONCE) await owePushesLater(db, owed, added.deviceIds);
  else await owePushesAlike(db, owed, added.deviceIds, "command");
  return added;
}

/**
 * What is queued of the devices of a batch that the batch is going to take the place of, locked; nothing of a device whose command is
 * there already. Mostly there is nothing: a look that locks and sorts nothing, device by device, costs half as much.
 */
export async function lockSupersededBy(
  db: Transaction<CommandDatabase>,
  { deviceIds, ids, like: { apple, tenant } }: CommandBatch,
): Promise<Command[]> {
  if (apple === undefined || apple.supersedeKey === "") return [];
  const isSuperseded = sql`o.tenant = ${tenant} and o.user_id = ${apple.userId} and o.request_type <> '' and o.ended_at is null
    and o.state = 'queued' and o.supersede_key = ${apple.supersedeKey}`;
  // The planner does not know how many are queued at the moment, and may take the table for empty while another half of the
  // same request fills it: it would compare each command with each device. What is forbidden leaves it the one index in this order.
  const mayScanAndSort = (may: "on" | "off") =>
    sql`select set_config('enable_seqscan', ${may}, true), set_config('enable_sort', ${may}, true)`.execute(db);
  await mayScanAndSort("off");
  const { rows: found } = await sql<{ device_ids: Buffer | null; ids: Buffer | null }>`
    select string_agg(uuid_send(n.device_id), '') as device_ids, string_agg(uuid_send(n.id), '') as ids
    from unnest(${deviceIds.asArray()}::uuid[], ${ids.asArray()}::uuid[]) as n (device_id, id)
    where (select true from commands o where o.device_id = n.device_id and ${isSuperseded}
      order by o.priority desc, o.seq limit 1)`.execute(db);
  await mayScanAndSort("on");
  const [devices, own] = [found[0]?.device_ids, found[0]?.ids].map((bytes) => Uuids.inBytes(bytes ?? Buffer.alloc(0)));
  if (devices === undefined || own === undefined || devices.length === 0) return [];
  const { rows } = await sql<CommandRow>`
    select ${commandColumns} from unnest(${devices.asArray()}::uuid[], ${own.asArray()}::uuid[]) as n (device_id, id)
    cross join lateral (
      select * from commands o where o.device_id = n.device_id and ${isSuperseded}
        and not exists (select from commands there where there.tenant = ${tenant} and there.id = n.id)
      order by o.seq for update
    ) c order by c.device_id, c.seq`.execute(db);
  return rows.map(commandOf);
}

async function insertAlike(
  db: Transaction<CommandDatabase>,
  { deviceIds, ids, like }: CommandBatch,
  { campaign, idsAreNew }: BatchOrigin,
): Promise<CommandBatch> {
  const { apple, script } = like;
  // In the order of devices and ids, so that each index is written page by page.
  const insertion = sql`
      insert into commands (tenant, device_id, id, type, state, script_id, body_id, body_bytes, timeout_seconds, created_by,
        reason, traceparent, created_at, expires_at, due_at, request_type, user_id, epoch, priority, supersede_key,
        apple_body_id, campaign_id, campaign_wave)
      select ${like.tenant}, n.device_id, n.id, ${like.type}, ${like.state}, ${script?.scriptId ?? ""}, ${script?.bodyId ?? null}::uuid,
        ${script?.bodyBytes ?? 0}::int, ${script?.timeoutSeconds ?? 0}::int, ${like.createdBy}, ${like.reason},
        ${like.traceparent}, ${like.createdAt}::timestamptz, ${like.expiresAt}::timestamptz, ${dueAt(like)}::timestamptz,
        ${apple?.requestType ?? ""}, ${apple?.userId ?? ""}, ${apple?.epoch ?? 0}::int, ${apple?.priority ?? 0}::smallint,
        ${apple?.supersedeKey ?? ""}, ${apple?.bodyId ?? null}::uuid, ${campaign?.campaignId ?? null}::uuid,
        ${campaign?.wave ?? null}::int
      from unnest(${deviceIds.asArray()}::uuid[], ${ids.asArray()}::uuid[]) as n (device_id, id)`;
  // To be ready for a conflict, and to say what was added, takes Postgres more than the insertion.
  if (idsAreNew) {
    await insertion.execute(db);
    return { like, deviceIds, ids };
  }
  const { rows } = await sql<{ ids: Buffer | null }>`
    with added as (${insertion} on conflict on constraint commands_id do nothing returning id)
    select string_agg(uuid_send(id), '') as ids from added`.execute(db);
  const added = Uuids.inBytes(rows[0]?.ids ?? Buffer.alloc(0));
  if (added.length === ids.length) return { like, deviceIds, ids };
  const made = new Set(added.texts());
  const [devices, all] = [deviceIds.texts(), ids.texts()];
  const places = all.flatMap((id, place) => (made.has(id) ? [place] : []));
  const at = (texts: readonly string[]) => Uuids.of(places.map((place) => texts[place] ?? ""));
  return { like, deviceIds: at(devices), ids: at(all) };
}
