import { readFields, sayingLines } from "../machine/fields.ts";
import type { Machine } from "../machine/machine.ts";
import { defineTable } from "./table.ts";

interface Source {
  readonly source: string;
  readonly uri: string;
  readonly suite: string;
}

const FOLDER = "/etc/apt/sources.list.d";
const LISTS = "/var/lib/apt/lists";

export const aptSources = defineTable({
  name: "apt_sources",
  columns: {
    name: "TEXT",
    source: "TEXT",
    base_uri: "TEXT",
    release: "TEXT",
    version: "TEXT",
    maintainer: "TEXT",
    components: "TEXT",
    architectures: "TEXT",
  },
  *generate(machine) {
    const lists = machine.names(LISTS);
    for (const { source, uri, suite } of readSources(machine)) {
      // What the repository says of itself is in the Release file that apt keeps of it, once it has been fetched.
      const start = `${uri.replace(/^[a-z+]+:\/\//, "")}${suite.endsWith("/") ? "" : "/dists"}/${suite}`
        .replace(/\/+$/, "")
        .replaceAll("/", "_");
      const release = lists.find((name) => name.startsWith(`${start}_`) && name.endsWith("Release"));
      const fields = readFields((release && machine.text(`${LISTS}/${release}`)) ?? "");
      yield {
        name: `${uri.replace(/^[a-z+]+:\/\//, "")} ${suite}`,
        source,
        base_uri: uri,
        release: fields.get("Codename") ?? fields.get("Suite"),
        version: fields.get("Version"),
        maintainer: fields.get("Origin"),
        components: fields.get("Components"),
        architectures: fields.get("Architectures"),
      };
    }
  },
});

function* readSources(machine: Machine): Iterable<Source> {
  yield* oneLineSources(machine, "/etc/apt/sources.list");
  for (const name of machine.names(FOLDER)) {
    if (name.endsWith(".list")) yield* oneLineSources(machine, `${FOLDER}/${name}`);
    if (name.endsWith(".sources")) yield* deb822Sources(machine, `${FOLDER}/${name}`);
  }
}

/** sources.list(5): `deb [option=value …] uri suite [component …]`. */
function* oneLineSources(machine: Machine, source: string): Iterable<Source> {
  for (const line of sayingLines(machine.text(source))) {
    const found = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/.exec(line);
    if (found?.[1] !== undefined && found[2] !== undefined) {
      yield { source, uri: found[1].replace(/\/+$/, ""), suite: found[2] };
    }
  }
}

function* deb822Sources(machine: Machine, source: string): Iterable<Source> {
  const text = (machine.text(source) ?? "").replaceAll(/^#.*\n?/gm, "");
  for (const stanza of text.split(/\n\s*\n/)) {
    const fields = readFields(stanza);
    const list = (name: string) => (fields.get(name) ?? "").split(/\s+/).filter((word) => word !== "");
    if (!list("Types").includes("deb") || /^(no|false|0|off)$/i.test(fields.get("Enabled") ?? "yes")) continue;
    for (const uri of list("URIs")) {
      for (const suite of list("Suites")) yield { source, uri: uri.replace(/\/+$/, ""), suite };
    }
  }
}
