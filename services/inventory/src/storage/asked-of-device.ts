import type { AskedOfDevice } from "@muster/contracts/gen/muster/inventory/v1/owner_service";
import { sql } from "kysely";
import type { InventoryWork } from "./schema.ts";

interface AskedRow {
  kind: string;
  text: string;
  asked_by: string;
  asked_at: Date;
  answered_at: Date | null;
}

const AT_MOST = 100;

/** What people asked one device by hand, newest first. A tenant's live queries are few: each is looked up by its key. */
export async function listAskedOfDevice(
  { sql: transaction }: InventoryWork,
  tenant: string,
  deviceId: string,
): Promise<AskedOfDevice[]> {
  const { rows } = await sql<AskedRow>`
    select 'live_query' as kind, q.sql as text, q.created_by as asked_by, q.created_at as asked_at, t.answered_at
    from live_queries q
    join live_targets t on t.tenant = q.tenant and t.query_id = q.id and t.device_id = ${deviceId}
    where q.tenant = ${tenant}
    union all
    select 'file', path, '', created_at, completed_at from carves
    where tenant = ${tenant} and device_id = ${deviceId}
    order by asked_at desc limit ${AT_MOST}`.execute(transaction);
  return rows.map(({ answered_at, asked_at, asked_by, kind, text }) => ({
    kind,
    text,
    askedBy: asked_by,
    askedAt: asked_at,
    answeredAt: answered_at ?? undefined,
  }));
}
