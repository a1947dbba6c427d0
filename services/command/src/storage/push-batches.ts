import { newIds } from "@muster/postgres/new-ids";
import { sql, type Transaction } from "kysely";
import { type ChannelKey, owePushesAlike } from "./push-dues.ts";
import type { CommandDatabase } from "./tables.ts";
import { uuidArray } from "./uuid-array.ts";

type Sql = Transaction<CommandDatabase>;

type Owed = Omit<ChannelKey, "deviceId"> & { readonly dueAt: Date };

/** For how many devices dues are made in one go. */
const BATCH = 2_000;

/** Notes that these channels are owed a push for a command: it is made a due of each when pushes are sent. */
export async function owePushesLater(
  db: Sql,
  { dueAt, tenant, userId }: Owed,
  deviceIds: readonly string[],
): Promise<void> {
  const batches = Array.from({ length: Math.ceil(deviceIds.length / BATCH) }, (_, place) =>
    uuidArray(deviceIds.slice(place * BATCH, (place + 1) * BATCH)),
  );
  await sql`
    insert into apple_push_batches (tenant, id, user_id, due_at, device_ids)
    select ${tenant}, n.id, ${userId}, ${dueAt}::timestamptz, n.device_ids::uuid[]
    from unnest(${newIds(batches.length)}::uuid[], ${batches}::text[]) as n (id, device_ids)`.execute(db);
}

interface BatchRow {
  readonly tenant: string;
  readonly user_id: string;
  readonly due_at: Date;
  /** Of the devices that still have something to fetch. */
  readonly device_ids: string;
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
      select string_agg(d.id::text, ',') from unnest(next.device_ids) as d (id)
      where exists (select from commands o where o.tenant = next.tenant and o.device_id = d.id and o.user_id = next.user_id
        and o.request_type <> '' and o.ended_at is null)
    ), '') as device_ids from next`.execute(db);
  for (const { device_ids, due_at, tenant, user_id } of rows)
    if (device_ids !== "")
      await owePushesAlike(db, { tenant, userId: user_id, dueAt: due_at }, device_ids.split(","), "command");
}
