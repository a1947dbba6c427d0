import type { Json, JsonObject, Kind } from "./kind.ts";
import { isObject } from "./read-spec.ts";

/** Puts other things' names for their ids: a resource as documents have it. What nobody is found for stays an id. */
export const withNames = (kind: Kind, json: JsonObject, nameOf: (kind: string, id: string) => string | undefined) =>
  referring(kind, json, "resource", (to, id) => nameOf(to, id) ?? id);

/** Puts ids for names: a document as its service takes it. */
export const withIds = (kind: Kind, json: JsonObject, idOf: (kind: string, name: string) => string) =>
  referring(kind, json, "document", idOf);

/** The names that a document refers to, with the field they stand in. */
export function namesIn(kind: Kind, json: JsonObject): { kind: string; name: string; path: string }[] {
  const found: { kind: string; name: string; path: string }[] = [];
  for (const { path, as, kind: to } of kind.references ?? []) {
    const at = [...path.split(".").slice(0, -1), as];
    const names = at.reduce<Json | undefined>((inner, part) => (isObject(inner) ? inner[part] : undefined), json);
    if (Array.isArray(names))
      names.forEach((name, index) =>
        found.push({ kind: to, name: textOf(name), path: `spec.${at.join(".")}.${index}` }),
      );
  }
  return found;
}

function referring(
  kind: Kind,
  json: JsonObject,
  from: "resource" | "document",
  translate: (kind: string, text: string) => string,
): JsonObject {
  let result = json;
  for (const { path, as, kind: to } of kind.references ?? []) {
    const parts = path.split(".");
    const field = parts.pop() ?? "";
    const [before, after] = from === "resource" ? [field, as] : [as, field];
    result = within(result, parts, (inner) => {
      const { [before]: texts, ...rest } = inner;
      if (!Array.isArray(texts)) return inner;
      return { ...rest, [after]: texts.map((text) => translate(to, textOf(text))).toSorted() };
    });
  }
  return result;
}

function within(json: JsonObject, path: readonly string[], change: (inner: JsonObject) => JsonObject): JsonObject {
  const [first, ...rest] = path;
  if (first === undefined) return change(json);
  const inner = json[first];
  return isObject(inner) ? { ...json, [first]: within(inner, rest, change) } : json;
}

const textOf = (json: Json): string => (typeof json === "string" ? json : JSON.stringify(json));
