import { createHash } from "node:crypto";
import { expectRevision } from "@muster/host/revision";
import { isUniqueViolation } from "@muster/postgres/sqlstate";
import { sql, type Transaction } from "kysely";
import { refuse } from "../domain/refusals.ts";
import type { CommandDatabase, ScriptsTable } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

interface Body {
  readonly tenant: string;
  readonly id: string;
  readonly content: string;
}

/** Stores what script commands carry; returns its size in bytes. */
export async function insertBody(db: Sql, body: Body): Promise<number> {
  await db.insertInto("script_bodies").values(body).execute();
  return Buffer.byteLength(body.content);
}

/** Copies a saved script as it is now, so that a later change does not reach commands already given. Nothing when there is none. */
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

export interface ScriptDraft {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly content: string;
  readonly updatedBy: string;
  readonly updatedAt: Date;
}

/** A script as it is kept, but for its revision. */
export const rowOf = ({
  tenant,
  id,
  name,
  content,
  updatedBy,
  updatedAt,
}: ScriptDraft): Omit<ScriptsTable, "revision"> => ({
  tenant,
  id,
  name,
  content,
  sha256: createHash("sha256").update(content).digest("hex"),
  updated_by: updatedBy,
  updated_at: updatedAt,
});

const refuseTakenName = (error: unknown, name: string): never => {
  if (isUniqueViolation(error, "scripts_name"))
    throw refuse("script.name_taken", `there is already a script named "${name}"`);
  throw error;
};

export const insertScript = (db: Sql, draft: ScriptDraft): Promise<ScriptsTable> =>
  db
    .insertInto("scripts")
    .values({ ...rowOf(draft), revision: 1 })
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch((error: unknown) => refuseTakenName(error, draft.name));

/** Nothing when there is no such script. */
export async function updateScript(
  db: Sql,
  draft: ScriptDraft,
  expected: readonly number[],
): Promise<ScriptsTable | undefined> {
  const row = await db
    .updateTable("scripts")
    .set((column) => ({ ...rowOf(draft), revision: sql`${column.ref("revision")} + 1` }))
    .where("tenant", "=", draft.tenant)
    .where("id", "=", draft.id)
    .returningAll()
    .executeTakeFirst()
    .catch((error: unknown) => refuseTakenName(error, draft.name));
  if (row !== undefined) expectRevision({ revision: row.revision - 1 }, expected);
  return row;
}

export const findScript = (db: Sql, tenant: string, id: string): Promise<ScriptsTable | undefined> =>
  db.selectFrom("scripts").selectAll().where("tenant", "=", tenant).where("id", "=", id).executeTakeFirst();

/** All saved scripts by name, without their content. */
export const listScripts = (db: Sql, tenant: string): Promise<Omit<ScriptsTable, "content">[]> =>
  db
    .selectFrom("scripts")
    .select(["tenant", "id", "name", "sha256", "updated_by", "updated_at", "revision"])
    .where("tenant", "=", tenant)
    .orderBy("name")
    .execute();

export async function deleteScript(db: Sql, tenant: string, id: string, expected: readonly number[]): Promise<boolean> {
  const row = await db
    .deleteFrom("scripts")
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .returning("revision")
    .executeTakeFirst();
  if (row !== undefined) expectRevision(row, expected);
  return row !== undefined;
}
