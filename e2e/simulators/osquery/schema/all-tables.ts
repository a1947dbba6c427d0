import type { Platform } from "../platform.ts";
import { hardwareTables } from "./hardware.ts";
import { networkTables } from "./network.ts";
import { securityTables } from "./security.ts";
import { softwareTables } from "./software.ts";
import { systemTables } from "./system.ts";
import type { TableSpec } from "./table-spec.ts";

const tables = { ...hardwareTables, ...systemTables, ...networkTables, ...softwareTables, ...securityTables };

export type TableName = keyof typeof tables;

export interface Column {
  readonly name: string;
  readonly type: string;
}

const parse = (columns: string | undefined): Column[] =>
  (columns ?? "")
    .split(", ")
    .filter((column) => column !== "")
    .map((column) => {
      const [name = "", type = "TEXT"] = column.split(" ");
      return { name, type };
    });

/**
 * The tables of one platform with their columns. osquery accepts the columns of other platforms in a query
 * and answers them empty, but `*` does not show them: those, and the hidden ones, are there only with `hidden`.
 */
export const tablesOf = (platform: Platform, hidden: boolean): ReadonlyMap<TableName, readonly Column[]> => {
  const found = new Map<TableName, readonly Column[]>();
  for (const [name, spec] of Object.entries<TableSpec>(tables)) {
    if (spec.on !== undefined && !spec.on.includes(platform)) continue;
    const visible = [...parse(spec.columns), ...parse(spec.only?.[platform])];
    const others = Object.entries(spec.only ?? {}).filter(([other]) => other !== platform);
    const unseen = [...parse(spec.hidden), ...others.flatMap(([, columns]) => parse(columns))];
    const named = new Map([...visible, ...(hidden ? unseen : [])].map((column) => [column.name, column]));
    found.set(name as TableName, [...named.values()]);
  }
  return found;
};
