import { newIds } from "@muster/postgres/new-ids";
import { Uuids } from "@muster/postgres/uuids";
import { sql, type Transaction } from "kysely";
import { type ChannelKey, owePushesAlike } from "./push-dues.ts";
import type { CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

type Owed = Omit<ChannelKey, "deviceId"> & { readonly dueAt: Date };

/** For how many devices dues are made in one go. */
const BATCH = 2_000;

/** Notes that these channels are owed a push for a command: it is made a due of each when pushes are sent. */
export async function owePushesLater(db: Sql, { dueAt, tenant, userId }: Owed, deviceIds: Uuids): Promise<void> {
  const ids = newIds(Math.ceil(deviceIds.length / BATCH));
  const last = deviceIds.length;
  await sql`
    insert into apple_push_batches (tenant, id, user_id, due_at, device_ids)
    select ${tenant}, n.id, ${userId}, ${dueAt}::timestamptz,
      (asked.device_ids)[(n.place - 1) * ${BATCH}::int + 1 : least(n.place * ${BATCH}::int, ${last}::int)]
    from (select ${deviceIds.asArray()}::uuid[] as device_ids) asked,
      unnest(${ids}::uuid[]) with ordinality as n (id, place)`.execute(db);
}

interface BatchRow {
  readonly tenant: string;
  readonly user_id: string;
  readonly due_at: Date;
  /** Of the devices that still have something to fetch. */
  readonly device_ids: Buffer;
}

/** Makes dues of the batch that waits longest. Devices that came by themselves meanwhile and fetched everything are owed none. */
export async function spreadPushes(db: Sql): Promise<void> {
  const { rows } = await sql<BatchRow>`
    with next as (
      delete from apple_push_batches b using (
        select tenant, id from apple_push_batches order by id limit 1 for update skip locked
      ) n where b.tenant = n.tenant and b.id = n.id returning b.*
    )
    select tenant, user_id, due_at, coalesce((
      select string_agg(uuid_send(d.id), '') from unnest(next.device_ids) as d (id)
      where exists (select from commands o where o.tenant = next.tenant and o.device_id = d.id and o.user_id = next.user_id
        and o.request_type <> '' and o.ended_at is null)
    ), '') as device_ids from next`.execute(db);
  for (const { device_ids, due_at, tenant, user_id } of rows)
    await owePushesAlike(db, { tenant, userId: user_id, dueAt: due_at }, Uuids.inBytes(device_ids), "command");
}
