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
  return (kind.references ?? []).flatMap(({ path, as, kind: to }) =>
    textsAt(json, [...path.split(".").slice(0, -1), as], "spec").map((found) => ({ kind: to, ...found })),
  );
}

/** The texts at a path, in all members of the lists on the way; an empty one names nothing. */
function textsAt(json: Json | undefined, path: readonly string[], at: string): { name: string; path: string }[] {
  if (Array.isArray(json)) return json.flatMap((each, index) => textsAt(each, path, `${at}.${index}`));
  const [first, ...rest] = path;
  if (first !== undefined) return isObject(json) ? textsAt(json[first], rest, `${at}.${first}`) : [];
  return json === undefined || json === null || json === "" ? [] : [{ name: textOf(json), path: at }];
}

function referring(
  kind: Kind,
  json: JsonObject,
  from: "resource" | "document",
  translate: (kind: string, text: string) => string,
): JsonObject {
  const byText = (a: Json, b: Json): number => (textOf(a) < textOf(b) ? -1 : 1);
  let result = json;
  for (const { path, as, kind: to } of kind.references ?? []) {
    const parts = path.split(".");
    const field = parts.pop() ?? "";
    const [before, after] = from === "resource" ? [field, as] : [as, field];
    const other = (text: Json): Json => (text === "" || text === null ? text : translate(to, textOf(text)));
    result = within(result, parts, (inner) => {
      const { [before]: texts, ...rest } = inner;
      if (texts === undefined) return inner;
      return { ...rest, [after]: Array.isArray(texts) ? texts.map(other).toSorted(byText) : other(texts) };
    });
  }
  return result;
}

function within(json: JsonObject, path: readonly string[], change: (inner: JsonObject) => JsonObject): JsonObject {
  const [first, ...rest] = path;
  if (first === undefined) return change(json);
  const inner = json[first];
  const changed = (each: Json): Json => (isObject(each) ? within(each, rest, change) : each);
  if (Array.isArray(inner)) return { ...json, [first]: inner.map(changed) };
  return inner === undefined ? json : { ...json, [first]: changed(inner) };
}

const textOf = (json: Json): string => (typeof json === "string" ? json : JSON.stringify(json));
