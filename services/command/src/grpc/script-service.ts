import type { Script } from "@muster/contracts/gen/muster/command/v1/command";
import type { ScriptServiceServer } from "@muster/contracts/gen/muster/command/v1/command_service";
import type { Methods } from "@muster/rpc/server";
import { validate as isUuid } from "uuid";
import { refuse } from "../domain/refusals.ts";
import { checkScriptContent, checkScriptName, type SavedScript } from "../domain/script.ts";
import type { EnqueueDeps } from "../usecases/enqueue-commands.ts";

export function scriptMethods({ transactions, now, newId }: EnqueueDeps): Methods<ScriptServiceServer> {
  return {
    createScript: async ({ script }, { tenant, actor }) => {
      const { name, content } = checked(script);
      const draft = { tenant, id: newId(), name, content, updatedBy: actor, updatedAt: now() };
      return { script: messageOf(await transactions.tenant(tenant, (records) => records.scripts.insert(draft))) };
    },
    getScript: async ({ id }, { tenant }) => {
      if (!isUuid(id)) throw unknown(id);
      const row = await transactions.tenant(tenant, (records) => records.scripts.find(tenant, id));
      if (row === undefined) throw unknown(id);
      return { script: messageOf(row) };
    },
    listScripts: async (_request, { tenant }) => {
      const rows = await transactions.tenant(tenant, (records) => records.scripts.list(tenant));
      return { scripts: rows.map((row) => messageOf(row)) };
    },
    updateScript: async ({ id, script }, { tenant, actor }) => {
      if (!isUuid(id)) throw unknown(id);
      const { name, content } = checked(script);
      const draft = { tenant, id, name, content, updatedBy: actor, updatedAt: now() };
      const row = await transactions.tenant(tenant, (records) => records.scripts.update(draft));
      if (row === undefined) throw unknown(id);
      return { script: messageOf(row) };
    },
    deleteScript: async ({ id }, { tenant }) => {
      if (!isUuid(id)) throw unknown(id);
      if (!(await transactions.tenant(tenant, (records) => records.scripts.delete(tenant, id)))) throw unknown(id);
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

const messageOf = (script: SavedScript): Script => script;
