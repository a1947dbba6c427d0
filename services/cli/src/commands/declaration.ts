import type { Json } from "../api/client.ts";
import { print, printWhole } from "../output/print.ts";
import { documentsOf } from "./create.ts";
import { type GlobalOptions, openSession } from "./session.ts";

const PATH = "/api/v1/declarations";

/** Makes each declaration of the file, or replaces the one of its name. They are made in the file's order: assets come first. */
export async function applyDeclarations(file: string, options: GlobalOptions): Promise<void> {
  const { api, format } = openSession(options);
  const { declarations } = await api.get(PATH);
  for (const wanted of await documentsOf(file)) {
    const before = (declarations as Json[]).find(({ name }) => name === wanted.name);
    const said = { enabled: true, ...wanted };
    const declaration =
      before === undefined
        ? await api.call(PATH, { method: "POST", body: said })
        : await api.call(`${PATH}/${before.id}`, { method: "PUT", body: { identifier: before.identifier, ...said } });
    if (format !== "table") {
      await printWhole(declaration, format);
      continue;
    }
    print(`${declaration.id}  ${declaration.name}  revision ${declaration.revision}\n`);
    for (const warning of (declaration.warnings ?? []) as string[]) print(`  ${warning}\n`);
  }
}
