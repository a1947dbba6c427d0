import type { Json } from "../api/client.ts";

export interface ExportedFile {
  readonly folder: string;
  readonly name: string;
  readonly content: string | Buffer;
}

const ENDINGS: Readonly<Record<string, string>> = { Profile: "mobileconfig", Script: "sh" };

/** One file a document, in a folder a kind, and a file beside it for each content that it refers to. */
export function filesOf(documents: readonly Json[], yaml: (value: unknown) => string): ExportedFile[] {
  const taken = new Set<string>();
  return documents.flatMap(({ kind, name, spec, values }) => {
    const folder = `${kind.replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase()}`;
    const ending = endingOf(kind, name);
    const base = freeName(taken, folder, fileName(ending === undefined ? name : name.replace(`.${ending}`, "")));
    const contents = Object.entries(values as Record<string, string>).map(([path, content]) => ({
      path,
      name: `${base}.${ending ?? path}`,
      content: Buffer.from(content, "base64"),
    }));
    const referring = contents.map((each) => [each.path, { fileRef: each.name }]);
    const document = {
      apiVersion: "muster/v1",
      kind,
      metadata: { name },
      spec: { ...spec, ...Object.fromEntries(referring) },
    };
    return [
      { folder, name: `${base}.yaml`, content: yaml(document) },
      ...contents.map(({ name, content }) => ({ folder, name, content })),
    ];
  });
}

/** What the files of a kind end with; a script whose name is one of a file, as that does. */
const endingOf = (kind: string, name: string): string | undefined =>
  kind === "Script" ? (/\.(sh|ps1|py)$/.exec(name)?.[1] ?? ENDINGS[kind]) : ENDINGS[kind];

/** A file's name that says what is in it on any system. */
const fileName = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 80) || "document";

function freeName(taken: Set<string>, folder: string, base: string): string {
  let name = base;
  for (let number = 2; taken.has(`${folder}/${name}`); number++) name = `${base}-${number}`;
  taken.add(`${folder}/${name}`);
  return name;
}
