import type { Script } from "@muster/contracts/gen/muster/command/v1/command";
import type { ScriptServiceServer } from "@muster/contracts/gen/muster/command/v1/command_service";
import type { Work } from "@muster/postgres/service-database";
import type { Methods } from "@muster/rpc/server";
import { validate as isUuid } from "uuid";
import { refuse } from "../domain/refusals.ts";
import { checkScriptContent, checkScriptName } from "../domain/script.ts";
import { deleteScript, findScript, insertScript, listScripts, rowOf, updateScript } from "../storage/scripts.ts";
import type { CommandDatabase, ScriptsTable } from "../storage/tables.ts";
import type { EnqueueDeps } from "../usecases/enqueue-commands.ts";

export function scriptMethods({ database, now, newId }: EnqueueDeps): Methods<ScriptServiceServer> {
  return {
    createScript: async ({ script }, { tenant, actor }) => {
      const { name, content } = checked(script);
      const draft = { tenant, id: newId(), name, content, updatedBy: actor, updatedAt: now() };
      return { script: messageOf(await database.tenant(tenant, (work) => insertScript(work.sql, draft))) };
    },
    getScript: async ({ id }, { tenant }) => {
      if (!isUuid(id)) throw unknown(id);
      const row = await database.tenant(tenant, (work) => findScript(work.sql, tenant, id));
      if (row === undefined) throw unknown(id);
      return { script: messageOf(row) };
    },
    listScripts: async (_request, { tenant }) => {
      const rows = await database.tenant(tenant, (work) => listScripts(work.sql, tenant));
      return { scripts: rows.map((row) => messageOf({ ...row, content: "" })) };
    },
    updateScript: async ({ id, script, expectedRevisions }, { tenant, actor }) => {
      if (!isUuid(id)) throw unknown(id);
      const { name, content } = checked(script);
      const draft = { tenant, id, name, content, updatedBy: actor, updatedAt: now() };
      const row = await database.tenant(tenant, (work) => updateScript(work.sql, draft, expectedRevisions));
      if (row === undefined) throw unknown(id);
      return { script: messageOf(row) };
    },
    checkScript: async ({ id, script }, { tenant, actor }) => {
      const draft = { tenant, id, ...checked(script), updatedBy: actor, updatedAt: now() };
      return { script: messageOf({ ...rowOf(draft), revision: 1 }) };
    },
    deleteScript: async ({ id, expectedRevisions }, { tenant }) => {
      if (!isUuid(id)) throw unknown(id);
      const remove = (work: Work<CommandDatabase>) => deleteScript(work.sql, tenant, id, expectedRevisions);
      if (!(await database.tenant(tenant, remove))) throw unknown(id);
      return {};
    },
  };
}

const unknown = (id: string) => refuse("script.unknown", `there is no script ${id}`);

function checked(script: Script | undefined): { name: string; content: string } {
  const { name = "", content = "" } = script ?? {};
  checkScriptName(name);
  checkScriptContent(content);
  return { name, content };
}

const messageOf = (row: ScriptsTable): Script => ({
  id: row.id,
  name: row.name,
  content: row.content,
  sha256: row.sha256,
  updatedBy: row.updated_by,
  updatedAt: row.updated_at,
  revision: row.revision,
});
