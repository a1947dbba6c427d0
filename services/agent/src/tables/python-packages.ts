import { readFields } from "../machine/fields.ts";
import type { Machine } from "../machine/machine.ts";
import { defineTable } from "./table.ts";

/** What the system's interpreters see; virtual environments and users' own packages are not searched for. */
export const pythonPackages = defineTable({
  name: "python_packages",
  columns: {
    name: "TEXT",
    uid: "BIGINT",
    version: "TEXT",
    summary: "TEXT",
    author: "TEXT",
    license: "TEXT",
    path: "TEXT",
    directory: "TEXT",
  },
  *generate(machine) {
    for (const directory of foldersOf(machine)) {
      for (const entry of machine.names(directory)) {
        const path = `${directory}/${entry}`;
        const text = entry.endsWith(".dist-info")
          ? machine.text(`${path}/METADATA`)
          : entry.endsWith(".egg-info") && (machine.text(`${path}/PKG-INFO`) ?? machine.text(path));
        if (typeof text !== "string") continue;
        const fields = readFields(text.split("\n\n")[0] ?? "");
        yield {
          name: fields.get("Name"),
          version: fields.get("Version"),
          summary: fields.get("Summary"),
          author: fields.get("Author"),
          license: fields.get("License"),
          path,
          directory,
        };
      }
    }
  },
});

function foldersOf(machine: Machine): readonly string[] {
  return ["/usr/lib", "/usr/lib64", "/usr/local/lib"].flatMap((library) =>
    machine
      .names(library)
      .filter((name) => /^python3(\.\d+)?$/.test(name))
      .flatMap((name) => [`${library}/${name}/dist-packages`, `${library}/${name}/site-packages`]),
  );
}
