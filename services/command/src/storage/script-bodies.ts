import { sql, type Transaction } from "kysely";
import type { Command } from "../domain/command.ts";
import type { CommandDatabase, ScriptBodiesTable } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

export async function insertBody(db: Sql, body: ScriptBodiesTable): Promise<number> {
  await db.insertInto("script_bodies").values(body).execute();
  return Buffer.byteLength(body.content);
}

export async function copyScript(
  db: Sql,
  { tenant, scriptId, bodyId }: { readonly tenant: string; readonly scriptId: string; readonly bodyId: string },
): Promise<number | undefined> {
  const { rows } = await sql<{ bytes: number }>`
    insert into script_bodies (tenant, id, content)
    select tenant, ${bodyId}::uuid, content from scripts where tenant = ${tenant} and id = ${scriptId}
    returning octet_length(content) as bytes`.execute(db);
  return rows[0]?.bytes;
}

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
