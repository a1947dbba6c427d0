import type { OsqueryRow } from "./rows.ts";

export interface Software {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly vendor: string;
}

const MAX_TEXT = 255;

/** Software by what makes it one piece: source, name, version and vendor. */
export type SoftwareList = ReadonlyMap<string, Software>;

/** The software that an answer lists, each once; rows without a name are left out. */
export function softwareOf(rows: readonly OsqueryRow[], source: string): SoftwareList {
  const found = new Map<string, Software>();
  for (const row of rows) {
    const item = {
      name: clean(row["name"]),
      version: clean(row["version"] ?? row["bundle_short_version"]),
      source,
      vendor: clean(row["vendor"] ?? row["bundle_identifier"] ?? row["publisher"] ?? row["identifier"]),
    };
    if (item.name !== "") found.set(keyOf(item), item);
  }
  return found;
}

export const keyOf = ({ name, version, source, vendor }: Software): string =>
  `${source}\u001f${name}\u001f${version}\u001f${vendor}`;

// Control characters take six bytes each in JSON, where an event has its limit, and name nothing.
const clean = (text: string | undefined): string =>
  (text ?? "")
    .slice(0, 4 * MAX_TEXT)
    // oxlint-disable-next-line no-control-regex
    .replaceAll(/[\u0000-\u001f]+/g, " ")
    .trim()
    .slice(0, MAX_TEXT);

export interface SoftwareChange {
  readonly softwareId: number;
  readonly installed: boolean;
}

/** The set as it was, from the set as it is and the changes since, newest first. */
export function undoChanges(ids: Iterable<number>, newestFirst: readonly SoftwareChange[]): Set<number> {
  const set = new Set(ids);
  for (const { softwareId, installed } of newestFirst) {
    if (installed) set.delete(softwareId);
    else set.add(softwareId);
  }
  return set;
}
