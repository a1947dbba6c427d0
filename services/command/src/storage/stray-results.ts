import { sql, type Transaction } from "kysely";
import type { StrayKind } from "../domain/hear.ts";
import type { CommandDatabase } from "./tables.ts";

export interface StrayResult {
  readonly tenant: string;
  readonly deviceId: string;
  readonly commandId: string;
  readonly kind: StrayKind;
  readonly state: string;
}

/** Notes results that changed nothing; the same one again only counts up. */
export async function noteStrays(
  db: Transaction<CommandDatabase>,
  strays: readonly StrayResult[],
  now: Date,
): Promise<void> {
  // One statement may touch a row only once.
  const distinct = [
    ...new Map(strays.map((each) => [`${each.tenant}/${each.deviceId}/${each.commandId}/${each.kind}`, each])).values(),
  ];
  if (distinct.length === 0) return;
  const column = (name: keyof StrayResult) => distinct.map((stray) => stray[name]);
  await sql`
    insert into stray_results as s (tenant, device_id, command_id, kind, state, last_at)
    select n.*, ${now}::timestamptz from unnest(${column("tenant")}::text[], ${column("deviceId")}::uuid[], ${column("commandId")}::text[],
      ${column("kind")}::text[], ${column("state")}::text[]) as n (tenant, device_id, command_id, kind, state)
    order by n.tenant, n.device_id, n.command_id, n.kind
    on conflict (tenant, device_id, command_id, kind) do update
      set times = s.times + 1, state = excluded.state, last_at = excluded.last_at`.execute(db);
}

export async function forgetStrays(db: Transaction<CommandDatabase>, before: Date): Promise<void> {
  await sql`delete from stray_results where last_at < ${before}`.execute(db);
}
