import { isObject, type Json, type JsonObject } from "./declaration.ts";

type Identified = JsonObject & { readonly identifier: string };

const isIdentified = (value: Json): value is Identified => isObject(value) && typeof value["identifier"] === "string";

const same = (one: Json | undefined, other: Json | undefined): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Members of a list that is keyed by `identifier`: the changed ones, and those that are gone. */
const changedMembers = (before: readonly Json[], after: readonly Json[]): Json[] => {
  const old = new Map(before.filter(isIdentified).map((member) => [member.identifier, member]));
  const current = after.filter(isIdentified);
  const kept = new Set(current.map(({ identifier }) => identifier));
  return [
    ...current.filter((member) => !same(member, old.get(member.identifier))),
    ...[...old.keys()]
      .filter((identifier) => !kept.has(identifier))
      .map((identifier) => ({ identifier, _removed: true })),
  ];
};

/** What of a status item is news. Undefined: nothing. */
export const difference = (before: Json | undefined, after: Json): Json | undefined => {
  if (same(before, after)) return undefined;
  if (Array.isArray(before) && Array.isArray(after) && [...before, ...after].every(isIdentified))
    return changedMembers(before as readonly Json[], after as readonly Json[]);
  if (isObject(before) && isObject(after) && Object.values(after).every(Array.isArray)) {
    const parts = Object.entries(after).map(([key, value]) => [key, difference(before[key], value ?? null)] as const);
    return Object.fromEntries(parts.filter(([, value]) => value !== undefined));
  }
  return after;
};

/** `{"device.model.family": "Mac"}` as `{device: {model: {family: "Mac"}}}`. */
export const nested = (items: ReadonlyMap<string, Json>): JsonObject => {
  const root: Record<string, Json> = {};
  for (const [path, value] of items) {
    const names = path.split(".");
    const last = names.pop() ?? path;
    let into = root;
    for (const name of names) into = (into[name] ??= {}) as Record<string, Json>;
    into[last] = value;
  }
  return root;
};
