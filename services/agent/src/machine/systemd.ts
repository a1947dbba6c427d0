import { readFields } from "./fields.ts";
import type { Machine } from "./machine.ts";

const PROPERTIES = [
  "Id",
  "Description",
  "LoadState",
  "ActiveState",
  "SubState",
  "UnitFileState",
  "Following",
  "Job",
  "FragmentPath",
  "SourcePath",
  "User",
];

/** The units systemd holds, each as its properties; none (and a note) where systemd does not run the machine. */
export function readUnits(machine: Machine): readonly ReadonlyMap<string, string>[] {
  if (machine.status("/run/systemd/system") === undefined) {
    machine.note({ path: "systemd", reason: "missing", needs: "systemd as the machine's first process" });
    return [];
  }
  return parseUnits(
    machine.run("systemctl", ["show", "--all", "--no-pager", `--property=${PROPERTIES.join(",")}`, "*"]) ?? "",
  );
}

/** What `systemctl show` prints: `Name=value` lines, a blank line between units. */
export function parseUnits(text: string): readonly ReadonlyMap<string, string>[] {
  return text
    .split("\n\n")
    .map((stanza) => readFields(stanza, "="))
    .filter((unit) => unit.has("Id"));
}

/** The D-Bus path of a unit: what is not a letter or digit is written as _xx (sd_bus_path_encode(3)). */
export function objectPath(id: string): string {
  const encoded = [...Buffer.from(id)].map((byte, index) => {
    const character = String.fromCharCode(byte);
    const plain = index === 0 ? /[A-Za-z]/ : /[A-Za-z0-9]/;
    return plain.test(character) ? character : `_${byte.toString(16).padStart(2, "0")}`;
  });
  return `/org/freedesktop/systemd1/unit/${encoded.join("")}`;
}
