import type { Work } from "@muster/postgres/service-database";
import { sql } from "kysely";
import type { GatewayTables } from "./tables.ts";

export async function insertOpenAction(
  { sql: transaction }: Work<GatewayTables>,
  action: { readonly tenant: string; readonly id: string; readonly asked: unknown; readonly startedAt: Date },
): Promise<void> {
  const { tenant, id, asked, startedAt } = action;
  await sql`insert into open_actions (tenant, id, asked, started_at)
    values (${tenant}, ${id}, ${JSON.stringify(asked)}::jsonb, ${startedAt})`.execute(transaction);
}

export async function removeOpenAction(
  { sql: transaction }: Work<GatewayTables>,
  tenant: string,
  id: string,
): Promise<void> {
  await sql`delete from open_actions where tenant = ${tenant} and id = ${id}`.execute(transaction);
}

/** Takes what whoever began it will not end any more. */
export async function takeAbandoned<Asked>(
  { sql: transaction }: Work<GatewayTables>,
  startedBefore: Date,
): Promise<{ readonly asked: Asked; readonly startedAt: Date }[]> {
  const { rows } = await sql<{ asked: Asked; started_at: Date }>`
    delete from open_actions where (tenant, id) in (
      select tenant, id from open_actions where started_at < ${startedBefore} order by started_at limit 500
      for update skip locked)
    returning asked, started_at`.execute(transaction);
  return rows.map(({ asked, started_at }) => ({ asked, startedAt: started_at }));
}
