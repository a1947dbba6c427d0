import { didYouMean } from "./did-you-mean.ts";
import type { Json, JsonObject } from "./kind.ts";
import { type Field, fieldAt, type Shape } from "./shape.ts";

/** One thing that is wrong with a document. */
export interface Problem {
  /** The field, such as spec.selection.labels; empty for the document as a whole. */
  readonly path: string;
  readonly message: string;
}

export interface ReadSpec {
  readonly json: JsonObject;
  readonly problems: readonly Problem[];
}

/**
 * Reads a document's spec strictly: what the kind does not have is a problem, and so is a value of another type. Enums may
 * be written in their short form, times in any ISO 8601 form. The contents that the spec refers to come with it, by path.
 */
export function readSpec(shape: Shape, spec: JsonObject, values: ReadonlyMap<string, Uint8Array>): ReadSpec {
  const problems: Problem[] = [];
  const json = readObject(shape, spec, "spec", problems);
  for (const [path, content] of values) {
    const field = fieldAt(shape, path);
    if (field === undefined || field.list || (field.type !== "text" && field.type !== "bytes"))
      problems.push({ path: `spec.${path}`, message: "no content can stand here" });
    else put(json, path, contentOf(field, content));
  }
  return { json, problems };
}

function readObject(shape: Shape, value: Json, at: string, problems: Problem[]): JsonObject {
  if (!isObject(value)) {
    problems.push({ path: at, message: `is ${describe(value)}, and should be a mapping` });
    return {};
  }
  const json: JsonObject = {};
  const set = new Map<string, string>();
  for (const [name, item] of Object.entries(value)) {
    const path = `${at}.${name}`;
    const field = shape.find((each) => each.name === name);
    if (field === undefined) {
      problems.push({ path, message: unknownField(name, shape, at) });
      continue;
    }
    const other = field.oneOf === undefined ? undefined : set.get(field.oneOf);
    if (other !== undefined) problems.push({ path, message: `cannot stand beside ${other}: only one of them` });
    if (field.oneOf !== undefined) set.set(field.oneOf, name);
    if (item !== null) json[name] = readField(field, item, path, problems);
  }
  return json;
}

function unknownField(name: string, shape: Shape, at: string): string {
  if (at === "spec" && name === "name") return "is not known here: the name stands in metadata.name";
  const names = shape.map((field) => field.name);
  const hint = didYouMean(name, names);
  return `is not known${hint === "" ? `; known are ${names.join(", ")}` : hint}`;
}

function readField(field: Field, value: Json, path: string, problems: Problem[]): Json {
  if (field.hidden) {
    problems.push({ path, message: "is never written down: refer to it, as secretRef: {env: NAME} or {file: path}" });
    return null;
  }
  if (!field.list) return readItem(field, value, path, problems);
  if (Array.isArray(value)) return value.map((item, index) => readItem(field, item, `${path}.${index}`, problems));
  problems.push({ path, message: `is ${describe(value)}, and should be a list` });
  return [];
}

function readItem(field: Field, value: Json, path: string, problems: Problem[]): Json {
  const wrong = (wanted: string): Json => {
    problems.push({ path, message: `is ${describe(value)}, and should be ${wanted}` });
    return null;
  };
  switch (field.type) {
    case "object":
      return readObject(field.shape ?? [], value, path, problems);
    case "any":
    case "map":
      return isObject(value) || field.type === "any" ? value : wrong("a mapping");
    case "boolean":
      return typeof value === "boolean" ? value : wrong("true or false");
    case "number":
      return typeof value === "number" ? value : wrong("a number");
    case "text":
    case "bytes":
      return typeof value === "string" ? value : wrong("text; put it in quotes");
    case "time":
      return readTime(value) ?? wrong("a time such as 2026-01-31T09:30:00Z");
    case "enum":
      return readEnum(field, value) ?? wrong(enumNames(field, value));
  }
}

function readEnum({ values, prefix }: Field, value: Json): string | undefined {
  const wanted = written(value).toUpperCase();
  return values.find((name) => name === wanted || name === prefix + wanted);
}

function enumNames({ values, prefix }: Field, value: Json): string {
  const short = values.slice(1).map((name) => name.slice(prefix.length).toLowerCase());
  const hint = didYouMean(written(value), short);
  return `one of ${short.join(", ")}${hint}`;
}

function readTime(value: Json): string | undefined {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d/.test(value)) return undefined;
  const time = new Date(/(Z|[+-]\d\d:?\d\d|^\d{4}-\d\d-\d\d)$/i.test(value) ? value : `${value}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

/** Files with a secret end with a line break that is no part of it. */
function contentOf({ type, file }: Field, content: Uint8Array): string {
  if (type === "bytes") return Buffer.from(content).toString("base64");
  const text = Buffer.from(content).toString("utf8");
  return file ? text : text.replace(/\r?\n$/, "");
}

function put(json: JsonObject, path: string, value: string): void {
  const parts = path.split(".");
  const last = parts.pop() ?? "";
  let at = json;
  for (const part of parts) {
    const inner = at[part];
    const next = isObject(inner) ? inner : {};
    at[part] = next;
    at = next;
  }
  at[last] = value;
}

export const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === "object" && json !== null && !Array.isArray(json);

const written = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

function describe(value: Json): string {
  if (typeof value === "string") return `the text "${value.slice(0, 40)}"`;
  if (Array.isArray(value)) return "a list";
  return isObject(value) ? "a mapping" : String(value);
}
