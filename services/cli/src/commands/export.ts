import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Json } from "../api/client.ts";
import { filesOf } from "../desired-state/exported-files.ts";
import { print } from "../output/print.ts";
import { type GlobalOptions, openSession } from "./session.ts";

/** Writes what there is as documents into a folder; a plan of them is empty. */
export async function exportDocuments(
  folder: string,
  { kind = [], ...options }: GlobalOptions & { readonly kind?: readonly string[] },
): Promise<void> {
  const { api } = openSession(options);
  const { documents, omissions } = await api.get("/api/v1/desired-state/documents", { kinds: kind });
  const files = filesOf(documents, stringify);
  for (const { folder: below, name, content } of files) {
    await mkdir(join(folder, below), { recursive: true });
    await writeFile(join(folder, below, name), content);
  }
  for (const { kind: what, name, path, reason } of omissions as Json[]) {
    process.stderr.write(`${[what, name, path].filter((part) => part !== "").join(" ")}: ${reason}\n`);
  }
  print(`${documents.length} documents in ${folder}\n`);
}
