import { defineTable } from "./table.ts";

const FIELDS = [
  "NAME",
  "VERSION",
  "RELEASE",
  "SOURCERPM",
  "SIZE",
  "SHA1HEADER",
  "ARCH",
  "EPOCH",
  "INSTALLTIME",
  "VENDOR",
  "GROUP",
];
const FORMAT = `${FIELDS.map((field) => `%{${field}}`).join("\\t")}\\n`;

/** The database's format differs between releases, so rpm itself is asked. */
export const rpmPackages = defineTable({
  name: "rpm_packages",
  columns: {
    name: "TEXT",
    version: "TEXT",
    release: "TEXT",
    source: "TEXT",
    size: "BIGINT",
    sha1: "TEXT",
    arch: "TEXT",
    epoch: "INTEGER",
    install_time: "INTEGER",
    vendor: "TEXT",
    package_group: "TEXT",
  },
  *generate(machine) {
    if (machine.status("/usr/bin/rpm") === undefined) return;
    for (const line of (machine.run("/usr/bin/rpm", ["-qa", "--qf", FORMAT]) ?? "").split("\n")) {
      // rpm writes "(none)" for a tag that is not set.
      const values = line.split("\t").map((value) => (value === "(none)" ? "" : value));
      const [name, version, release, source, size, sha1, arch, epoch, installTime, vendor, group] = values;
      if (name === undefined || version === undefined) continue;
      yield {
        name,
        version,
        release,
        source,
        size,
        sha1,
        arch,
        epoch: epoch === "" ? 0 : epoch,
        install_time: installTime,
        vendor,
        package_group: group,
      };
    }
  },
});
