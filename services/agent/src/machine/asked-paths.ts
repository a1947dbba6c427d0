import { basename, dirname } from "node:path";
import type { Constraint } from "../tables/table.ts";
import { expandPattern } from "./expand-pattern.ts";
import type { Machine } from "./machine.ts";

export interface AskedPath {
  readonly path: string;
  /** As the query named it, so that its condition holds for the row. */
  readonly directory: string;
  readonly filename: string;
}

const NOTHING: Constraint = { equal: [], like: [] };

/** The paths that conditions on `path` and `directory` lead to. They need not exist. */
export function* askedPaths(machine: Machine, constraints: ReadonlyMap<string, Constraint>): Iterable<AskedPath> {
  const paths = constraints.get("path") ?? NOTHING;
  for (const path of [...paths.equal, ...paths.like.flatMap((pattern) => expandPattern(machine, pattern))]) {
    if (path.startsWith("/")) yield { path, directory: dirname(path), filename: basename(path) };
  }
  const folders = constraints.get("directory") ?? NOTHING;
  for (const directory of [...folders.equal, ...folders.like.flatMap((pattern) => expandPattern(machine, pattern))]) {
    if (!directory.startsWith("/")) continue;
    for (const filename of machine.names(directory)) {
      yield { path: `${directory.replace(/\/+$/, "")}/${filename}`, directory, filename };
    }
  }
}
