import { sayingLines } from "../machine/fields.ts";
import type { Machine } from "../machine/machine.ts";
import { defineTable } from "./table.ts";

const ROOT = "/proc/sys";
const CONFIG_FOLDERS = ["/usr/lib/sysctl.d", "/usr/local/lib/sysctl.d", "/run/sysctl.d", "/etc/sysctl.d"];
/** Reading these waits or has an effect, or they only take writes. */
const LEFT_ALONE = /^(net\/ipv[46]\/route\/flush|vm\/(compact_memory|drop_caches|stat_refresh))$/;

export const systemControls = defineTable({
  name: "system_controls",
  columns: {
    name: "TEXT",
    oid: "TEXT",
    subsystem: "TEXT",
    current_value: "TEXT",
    config_value: "TEXT",
    type: "TEXT",
  },
  *generate(machine, { columns }) {
    const configured = columns.has("config_value") ? configuredValues(machine) : new Map<string, string>();
    for (const key of keysBelow(machine, "")) {
      const name = key.replaceAll(".", "\0").replaceAll("/", ".").replaceAll("\0", "/");
      yield {
        name,
        subsystem: key.split("/")[0],
        current_value: machine.text(`${ROOT}/${key}`, `${ROOT}/*`)?.trim(),
        config_value: configured.get(name),
        type: "string",
      };
    }
  },
});

function* keysBelow(machine: Machine, folder: string): Iterable<string> {
  for (const name of machine.names(`${ROOT}/${folder}`, `${ROOT}/*`)) {
    const key = folder === "" ? name : `${folder}/${name}`;
    const status = machine.status(`${ROOT}/${key}`);
    if (status?.isDirectory() === true) yield* keysBelow(machine, key);
    else if (status !== undefined && (status.mode & 0o444) !== 0 && !LEFT_ALONE.test(key)) yield key;
  }
}

/** sysctl.d(5): a file in a later folder replaces one of the same name; later files win. */
function configuredValues(machine: Machine): Map<string, string> {
  const files = new Map<string, string>();
  for (const folder of CONFIG_FOLDERS) {
    for (const name of machine.names(folder).filter((each) => each.endsWith(".conf")))
      files.set(name, `${folder}/${name}`);
  }
  const ordered = [...files].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, path]) => path);
  const values = new Map<string, string>();
  for (const path of [...ordered, "/etc/sysctl.conf"]) {
    for (const line of sayingLines(machine.text(path))) {
      const found = /^-?([^=\s]+)\s*=\s*(.*)$/.exec(line);
      if (found?.[1] !== undefined) values.set(found[1].replaceAll("/", "."), found[2] ?? "");
    }
  }
  return values;
}
