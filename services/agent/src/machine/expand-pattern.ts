import type { Machine } from "./machine.ts";

/** A pattern that leads to more paths than this is cut off and noted. */
const MAX_PATHS = 100_000;

/**
 * The paths a LIKE pattern leads to, in osquery's reading: `%` stays within one folder, `%%` goes down into all below.
 * Symbolic links are not followed on the way down, so that a loop cannot hold the query.
 */
export function expandPattern(machine: Machine, pattern: string): readonly string[] {
  if (!pattern.startsWith("/")) return [];
  let paths = [""];
  for (const segment of pattern.split("/").slice(1)) {
    if (segment.includes("%%")) {
      const below = paths.flatMap((path) => everythingBelow(machine, path, MAX_PATHS));
      const expression = new RegExp(`/${expressionOf(segment)}$`);
      paths = segment === "%%" ? below : below.filter((path) => expression.test(path));
      break;
    }
    paths = paths.flatMap((path) => expandSegment(machine, path, segment));
    if (paths.length > MAX_PATHS) {
      machine.note({ path: pattern, reason: `more than ${MAX_PATHS} paths`, needs: "" });
      paths = paths.slice(0, MAX_PATHS);
    }
  }
  return paths;
}

function expandSegment(machine: Machine, folder: string, segment: string): readonly string[] {
  if (!/[%_]/.test(segment)) return [`${folder}/${segment}`];
  const expression = new RegExp(`^${expressionOf(segment)}$`);
  const names = machine.names(folder === "" ? "/" : folder).filter((name) => expression.test(name));
  // `_` stands for any one character, but is most often meant as itself, maybe in a folder we may not list.
  if (!segment.includes("%") && !names.includes(segment)) return [...names, segment].map((name) => `${folder}/${name}`);
  return names.map((name) => `${folder}/${name}`);
}

function everythingBelow(machine: Machine, start: string, limit: number): readonly string[] {
  const found: string[] = [];
  const open = [start];
  for (let folder = open.pop(); folder !== undefined && found.length < limit; folder = open.pop()) {
    for (const name of machine.names(folder === "" ? "/" : folder)) {
      const path = `${folder}/${name}`;
      found.push(path);
      if (machine.status(path, { follow: false })?.isDirectory() === true) open.push(path);
    }
  }
  return found;
}

const expressionOf = (segment: string) =>
  segment
    .replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll(/%+/g, ".*")
    .replaceAll("_", ".");
