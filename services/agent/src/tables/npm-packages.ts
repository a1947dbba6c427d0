import type { Machine } from "../machine/machine.ts";
import { defineTable } from "./table.ts";

const FOLDERS = ["/usr/lib/node_modules", "/usr/local/lib/node_modules"];

/** The packages that are installed for the whole machine; those inside projects are not searched for. */
export const npmPackages = defineTable({
  name: "npm_packages",
  columns: {
    name: "TEXT",
    version: "TEXT",
    description: "TEXT",
    author: "TEXT",
    license: "TEXT",
    homepage: "TEXT",
    path: "TEXT",
    directory: "TEXT",
    depth: "INTEGER",
  },
  *generate(machine) {
    for (const directory of FOLDERS) {
      for (const path of packagesIn(machine, directory)) {
        const manifest = parse(machine.text(`${path}/package.json`));
        if (manifest === undefined) continue;
        const one = (field: string) => {
          const value = manifest[field];
          return typeof value === "string" ? value : ((value as { name?: string } | undefined)?.name ?? "");
        };
        yield {
          name: one("name"),
          version: one("version"),
          description: one("description"),
          author: one("author"),
          license: one("license"),
          homepage: one("homepage"),
          path: `${path}/package.json`,
          directory: directory.slice(0, -"/node_modules".length),
          depth: 0,
        };
      }
    }
  },
});

function packagesIn(machine: Machine, directory: string): readonly string[] {
  return machine.names(directory).flatMap((name) => {
    const path = `${directory}/${name}`;
    return name.startsWith("@") ? machine.names(path).map((inner) => `${path}/${inner}`) : [path];
  });
}

function parse(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
