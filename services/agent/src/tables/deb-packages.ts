import { defineTable } from "./table.ts";

const ADMIN_FOLDER = "/var/lib/dpkg";

export const debPackages = defineTable({
  name: "deb_packages",
  columns: {
    name: "TEXT",
    version: "TEXT",
    source: "TEXT",
    size: "BIGINT",
    arch: "TEXT",
    revision: "TEXT",
    status: "TEXT",
    maintainer: "TEXT",
    section: "TEXT",
    priority: "TEXT",
    admindir: "TEXT",
  },
  *generate(machine) {
    for (const stanza of (machine.text(`${ADMIN_FOLDER}/status`) ?? "").split("\n\n")) {
      const fields = stanzaFields(stanza);
      const name = fields["Package"];
      if (name === undefined) continue;
      const version = fields["Version"] ?? "";
      const dash = version.lastIndexOf("-");
      yield {
        name,
        version,
        source: fields["Source"]?.replace(/ \(.*\)$/, ""),
        size: fields["Installed-Size"],
        arch: fields["Architecture"],
        revision: dash === -1 ? "" : version.slice(dash + 1),
        status: fields["Status"],
        maintainer: fields["Maintainer"],
        section: fields["Section"],
        priority: fields["Priority"],
        admindir: ADMIN_FOLDER,
      };
    }
  },
});

const WANTED = new Set([
  "Package",
  "Version",
  "Source",
  "Installed-Size",
  "Architecture",
  "Status",
  "Maintainer",
  "Section",
  "Priority",
]);

/** The few one-line fields of a stanza (deb-control(5)); descriptions and file lists, which are most of the file, are not cut up. */
function stanzaFields(stanza: string): Readonly<Record<string, string | undefined>> {
  const fields: Record<string, string> = {};
  for (const line of stanza.split("\n")) {
    const colon = line.indexOf(":");
    if (colon < 1 || line.startsWith(" ")) continue;
    const name = line.slice(0, colon);
    if (WANTED.has(name)) fields[name] = line.slice(colon + 1).trim();
  }
  return fields;
}
