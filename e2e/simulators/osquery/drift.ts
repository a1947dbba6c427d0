import type { SeededRandom } from "../seeded-random.ts";
import { accountRow } from "./facts/people-facts.ts";
import type { Row } from "./facts/row.ts";
import type { HostFacts } from "./host-facts.ts";
import { drawPerson } from "./people.ts";
import type { TableName } from "./schema/all-tables.ts";

interface Change {
  readonly table: TableName;
  /** A sentence for the ledger. */
  readonly what: string;
}

type Kind = (facts: HostFacts, random: SeededRandom, now: Date) => Change;

const softwareTable = (facts: HostFacts): TableName =>
  (({ deb: "deb_packages", rpm: "rpm_packages", apps: "apps", programs: "programs" }) as const)[
    facts.identity.os.packages
  ];

/** Raises the last number of a version: 1.4.2-3 becomes 1.4.2-4. */
const raise = (version: string): string => version.replace(/\d+(?=\D*$)/, (last) => String(Number(last) + 1));

const upgradePackage: Kind = (facts, random, now) => {
  const table = softwareTable(facts);
  const rows = [...facts.rows(table, now)];
  const place = random.int(0, rows.length - 1);
  const column = table === "apps" ? "bundle_short_version" : "version";
  const row: Row = rows[place] ?? {};
  rows[place] = { ...row, [column]: raise(String(row[column])) };
  facts.replace(table, rows);
  return { table, what: `${row["name"]} upgraded to ${rows[place]?.[column]}` };
};

const removePackage: Kind = (facts, random, now) => {
  const table = softwareTable(facts);
  const rows = [...facts.rows(table, now)];
  const [removed] = rows.splice(random.int(Math.min(60, rows.length - 1), rows.length - 1), 1);
  facts.replace(table, rows);
  return { table, what: `${removed?.["name"]} removed` };
};

const addUser: Kind = (facts, random, now) => {
  const rows = facts.rows("users", now);
  const row = accountRow(facts.identity, drawPerson(random), rows.length, random);
  facts.replace("users", [...rows, row]);
  return { table: "users", what: `account ${row["username"]} added` };
};

const useDisk: Kind = (facts, random, now) => {
  const table = facts.identity.platform === "windows" ? "logical_drives" : "mounts";
  const columns = table === "mounts" ? ["blocks_free", "blocks_available"] : ["free_space"];
  const share = 0.97 + random.next() * 0.05;
  const rows = facts.rows(table, now).map((row) => {
    const total = Number(table === "mounts" ? row["blocks"] : row["size"]);
    const next = columns.map((column) => [column, Math.min(total, Math.floor(Number(row[column]) * share))]);
    return { ...row, ...Object.fromEntries(next) };
  });
  facts.replace(table, rows);
  return { table, what: "free disk space moved" };
};

const patchSystem: Kind = (facts, random, now) => {
  const [row = {}] = facts.rows("os_version", now);
  if (facts.identity.platform === "linux") {
    const [kernel = {}] = facts.rows("kernel_info", now);
    const version = String(kernel["version"]).replace(/-(\d+)/, (_, build: string) => `-${Number(build) + 1}`);
    facts.replace("kernel_info", [{ ...kernel, version, path: `/boot/vmlinuz-${version}` }]);
    return { table: "kernel_info", what: `kernel ${version} booted` };
  }
  if (facts.identity.platform === "windows") {
    const hotfix = { csname: facts.identity.name.toUpperCase(), hotfix_id: `KB50${random.int(70_000, 99_999)}` };
    const patches = [...facts.rows("patches", now), { ...hotfix, description: "Security Update" }];
    facts.replace("patches", patches);
    facts.replace("os_version", [{ ...row, revision: Number(row["revision"]) + random.int(20, 400) }]);
    return { table: "patches", what: `${hotfix.hotfix_id} installed` };
  }
  const patch = Number(row["patch"]) + 1;
  const version = `${row["major"]}.${row["minor"]}.${patch}`;
  facts.replace("os_version", [{ ...row, patch, version }]);
  return { table: "os_version", what: `macOS ${version} installed` };
};

const switchEncryption: Kind = (facts, _random, now) => {
  const table = facts.identity.platform === "windows" ? "bitlocker_info" : "disk_encryption";
  const column = table === "bitlocker_info" ? "protection_status" : "encrypted";
  const rows = facts.rows(table, now);
  const on = Number(rows[0]?.[column]) === 1 ? 0 : 1;
  const text = on === 1 ? "encrypted" : "not encrypted";
  const columns: Row =
    table === "bitlocker_info"
      ? { protection_status: on, conversion_status: on, percentage_encrypted: on * 100 }
      : {
          encrypted: on,
          encryption_status: text,
          ...(facts.identity.platform === "darwin" ? { filevault_status: on ? "on" : "off" } : {}),
        };
  const roots = facts.identity.platform === "linux" ? 1 : rows.length;
  facts.replace(
    table,
    rows.map((row, place) => (place < roots ? { ...row, ...columns } : row)),
  );
  return { table, what: `disk ${text}` };
};

/** How often each kind happens, in parts of a hundred: software moves all the time, encryption hardly ever. */
const kinds: readonly (readonly [parts: number, kind: Kind])[] = [
  [46, upgradePackage],
  [6, removePackage],
  [4, addUser],
  [30, useDisk],
  [11, patchSystem],
  [3, switchEncryption],
];

/** One believable change to a host. The same random stream on the same facts always makes the same change. */
export const drift: Kind = (facts, random, now) => {
  let place = random.int(1, 100);
  for (const [parts, kind] of kinds) {
    place -= parts;
    if (place <= 0) return kind(facts, random, now);
  }
  return upgradePackage(facts, random, now);
};
