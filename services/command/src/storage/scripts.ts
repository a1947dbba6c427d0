import { createHash } from "node:crypto";
import { isUniqueViolation } from "@muster/postgres/sqlstate";
import type { Transaction } from "kysely";
import { refuse } from "../domain/refusals.ts";
import type { SavedScript, ScriptDraft } from "../domain/script.ts";
import type { CommandDatabase, ScriptsTable } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

const rowOf = ({ tenant, id, name, content, updatedBy, updatedAt }: ScriptDraft): ScriptsTable => ({
  tenant,
  id,
  name,
  content,
  sha256: createHash("sha256").update(content).digest("hex"),
  updated_by: updatedBy,
  updated_at: updatedAt,
});

const scriptOf = (row: Omit<ScriptsTable, "content" | "tenant"> & { readonly content?: string }): SavedScript => ({
  id: row.id,
  name: row.name,
  content: row.content ?? "",
  sha256: row.sha256,
  updatedBy: row.updated_by,
  updatedAt: row.updated_at,
});

const refuseTakenName = (error: unknown, name: string): never => {
  if (isUniqueViolation(error, "scripts_name"))
    throw refuse("script.name_taken", `there is already a script named "${name}"`);
  throw error;
};

export async function insertScript(db: Sql, draft: ScriptDraft): Promise<SavedScript> {
  try {
    return scriptOf(await db.insertInto("scripts").values(rowOf(draft)).returningAll().executeTakeFirstOrThrow());
  } catch (error) {
    return refuseTakenName(error, draft.name);
  }
}

export async function updateScript(db: Sql, draft: ScriptDraft): Promise<SavedScript | undefined> {
  const { tenant, id, ...changed } = rowOf(draft);
  try {
    const update = db.updateTable("scripts").set(changed).where("tenant", "=", tenant).where("id", "=", id);
    const row = await update.returningAll().executeTakeFirst();
    return row === undefined ? undefined : scriptOf(row);
  } catch (error) {
    return refuseTakenName(error, draft.name);
  }
}

export async function findScript(db: Sql, tenant: string, id: string): Promise<SavedScript | undefined> {
  const row = await db
    .selectFrom("scripts")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .executeTakeFirst();
  return row === undefined ? undefined : scriptOf(row);
}

export async function listScripts(db: Sql, tenant: string): Promise<SavedScript[]> {
  const columns = ["id", "name", "sha256", "updated_by", "updated_at"] as const;
  const rows = await db.selectFrom("scripts").select(columns).where("tenant", "=", tenant).orderBy("name").execute();
  return rows.map(scriptOf);
}

export async function deleteScript(db: Sql, tenant: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("scripts")
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
