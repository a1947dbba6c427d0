import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { stringify } from "yaml";
import { filesOf } from "../desired-state/exported-files.ts";
import { usage } from "../failure.ts";
import { translateFleet } from "../fleet/translate.ts";
import { print } from "../output/print.ts";

/** Makes documents of a repository of Fleet's GitOps, and tells what has no counterpart. */
export async function translateFleetFolder(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true, recursive: true }).catch((cause: Error) => {
    throw usage(`${from} cannot be read: ${cause.message}`);
  });
  const files = new Map<string, string>();
  for (const entry of entries.filter(
    (each) => each.isFile() && /\.(ya?ml|mobileconfig|json|sh|ps1|py)$/.test(each.name),
  )) {
    const file = join(entry.parentPath, entry.name);
    files.set(relative(from, file).replaceAll("\\", "/"), await readFile(file, "utf8"));
  }
  const { documents, remarks } = translateFleet(files);
  const whole = documents.map(({ files: contents = {}, ...document }) => ({
    ...document,
    values: Object.fromEntries(
      Object.entries(contents).map(([field, file]) => [field, Buffer.from(files.get(file) ?? "").toString("base64")]),
    ),
  }));
  for (const { folder, name, content } of filesOf(whole, stringify)) {
    await mkdir(join(to, folder), { recursive: true });
    await writeFile(join(to, folder, name), content);
  }
  for (const { file, path, message } of remarks) print(`${path === "" ? file : `${file} ${path}`}: ${message}\n`);
  print(`${documents.length} documents in ${to}, ${remarks.length} remarks\n`);
}
