import { sql, type Transaction } from "kysely";
import { refuse } from "../../domain/refusals.ts";
import type { ExcludedSubject } from "../../domain/signals/excluded-subject.ts";
import type { NotificationTables } from "../tables.ts";
import type { HeldStream } from "./streams.ts";

type Db = Transaction<NotificationTables>;

/** How many subjects a stream may leave out. */
const MOST = 10_000;

export async function exclude(db: Db, { tenant, id }: HeldStream, { deviceId, email }: ExcludedSubject): Promise<void> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from signal_exclusions where tenant = ${tenant} and stream_id = ${id}`.execute(db);
  if ((rows[0]?.n ?? 0) >= MOST)
    throw refuse("signal.too_many_exclusions", `a stream leaves out ${MOST} subjects at most`);
  await sql`
    insert into signal_exclusions (tenant, stream_id, device_id, email) values (${tenant}, ${id}, ${deviceId}, ${email})
    on conflict do nothing`.execute(db);
}

export async function include(db: Db, { tenant, id }: HeldStream, { deviceId, email }: ExcludedSubject): Promise<void> {
  await sql`
    delete from signal_exclusions where tenant = ${tenant} and stream_id = ${id} and device_id = ${deviceId} and email = ${email}`.execute(
    db,
  );
}
