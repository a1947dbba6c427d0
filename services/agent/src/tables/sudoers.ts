import { dirname, resolve } from "node:path";
import type { Machine } from "../machine/machine.ts";
import { defineTable } from "./table.ts";

interface Rule {
  readonly source: string;
  readonly header: string;
  readonly rule_details: string;
}

/** sudoers(5) allows includes within includes up to 128 deep. */
const DEPTH = 128;

export const sudoers = defineTable({
  name: "sudoers",
  columns: { source: "TEXT", header: "TEXT", rule_details: "TEXT" },
  *generate(machine) {
    yield* rulesOf(machine, "/etc/sudoers", 0);
  },
});

function* rulesOf(machine: Machine, source: string, depth: number): Iterable<Rule> {
  const text = (machine.text(source) ?? "").replaceAll("\\\n", " ");
  for (const line of text.split("\n").map((each) => each.trim())) {
    const include = /^[@#](include|includedir)\s+"?([^"]+?)"?$/.exec(line);
    if (include?.[2] !== undefined && depth < DEPTH) {
      const target = resolve(dirname(source), include[2]);
      yield { source, header: `#${include[1]}`, rule_details: include[2] };
      const files = include[1] === "include" ? [target] : includable(machine, target);
      for (const file of files) yield* rulesOf(machine, file, depth + 1);
      continue;
    }
    if (line === "" || (line.startsWith("#") && !/^#\d/.test(line))) continue;
    const [header, ...details] = line.split(/\s+/);
    yield { source, header: header ?? "", rule_details: details.join(" ") };
  }
}

/** Names with a dot or ending in ~ are passed over by sudo, so that package managers' leftovers do not count. */
const includable = (machine: Machine, folder: string) =>
  machine
    .names(folder)
    .filter((name) => !name.includes(".") && !name.endsWith("~"))
    .map((name) => `${folder}/${name}`);
