import { isDeepStrictEqual } from "node:util";
import type { Json, JsonObject } from "./kind.ts";
import { isObject } from "./read-spec.ts";
import type { Field, Shape } from "./shape.ts";

/** One field that becomes something else. */
export interface FieldChange {
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly hidden: boolean;
}

export type Leaves = ReadonlyMap<string, Json>;

/** All that a resource or a document says, by path. What is as empty as when it is left out is left out. */
export function leavesOf(shape: Shape, json: JsonObject): Leaves {
  const leaves = new Map<string, Json>();
  collect(shape, json, "", leaves);
  return leaves;
}

function collect(shape: Shape, json: JsonObject, at: string, leaves: Map<string, Json>): void {
  for (const field of shape) {
    const value = json[field.name];
    const path = at + field.name;
    if (value === undefined || value === null || field.hidden) continue;
    if (field.type === "object" && !field.list && isObject(value)) {
      const size = leaves.size;
      collect(field.shape ?? [], value, `${path}.`, leaves);
      // A selection that is there and names nothing is another thing than none.
      if (leaves.size === size) leaves.set(path, {});
    } else if ((field.type === "any" || field.type === "map") && isObject(value)) collectAny(value, `${path}.`, leaves);
    else if (field.optional || !isEmpty(field, value))
      leaves.set(path, field.names === undefined ? value : sorted(value));
  }
}

function collectAny(json: JsonObject, at: string, leaves: Map<string, Json>): void {
  for (const [name, value] of Object.entries(json)) {
    if (isObject(value)) collectAny(value, `${at}${name}.`, leaves);
    else leaves.set(at + name, value);
  }
}

const isEmpty = ({ type, values, list }: Field, value: Json): boolean =>
  Array.isArray(value)
    ? value.length === 0
    : !list &&
      (value === "" || value === 0 || value === "0" || value === false || (type === "enum" && value === values[0]));

/** In which order things are named does not matter. */
const sorted = (value: Json): Json =>
  Array.isArray(value) ? value.filter((each) => typeof each === "string").toSorted() : value;

/** What becomes something else, by path. */
export function fieldChanges(before: Leaves, after: Leaves): FieldChange[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return paths
    .map((path) => ({ path, before: before.get(path), after: after.get(path), hidden: false }))
    .filter((each) => !isDeepStrictEqual(each.before, each.after))
    .filter(({ path }) => !paths.some((inner) => inner.startsWith(`${path}.`)));
}
