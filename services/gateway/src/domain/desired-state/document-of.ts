import { isDeepStrictEqual } from "node:util";
import type { Document } from "./documents.ts";
import type { Json, JsonObject, Kind, Resource } from "./kind.ts";
import { isObject } from "./read-spec.ts";
import { withNames } from "./references.ts";
import type { Field, Shape } from "./shape.ts";

/** A thing as a document: without what is as it would be if it were left out, and with the contents that are told. */
export function documentOf(
  kind: Kind,
  shape: Shape,
  resource: Resource,
  nameOf: (kind: string, id: string) => string | undefined,
): Document {
  const named = withNames(kind, resource.json, nameOf);
  const values = new Map<string, Uint8Array>();
  const spec = specOf(shape, named, kind.defaults ?? {});
  for (const { name, hidden, file, type } of shape) {
    const content = resource.json[name];
    if (hidden && (file || type === "bytes") && typeof content === "string" && content !== "")
      values.set(name, Buffer.from(content, type === "bytes" ? "base64" : "utf8"));
  }
  return { kind: kind.kind, name: resource.name, spec, values };
}

/** The fields of a document that are never told, where what they belong to is there. */
export function untold(shape: Shape, json: JsonObject, at = ""): string[] {
  return shape.flatMap((field) => {
    const inner = json[field.name];
    if (field.hidden) return inner === undefined || inner === "" ? [at + field.name] : [];
    return isObject(inner) && !field.list ? untold(field.shape ?? [], inner, `${at}${field.name}.`) : [];
  });
}

function specOf(shape: Shape, json: JsonObject, defaults: JsonObject): JsonObject {
  const spec: JsonObject = {};
  for (const field of shape) {
    const value = json[field.name];
    if (value === undefined || value === null || field.hidden) continue;
    const left = defaults[field.name];
    const isLeftOut = left === undefined ? !field.optional && isImplicit(field, value) : isDeepStrictEqual(left, value);
    if (!isLeftOut) spec[field.name] = written(field, value);
  }
  return spec;
}

/** Enums in their short form, as people write them. */
function written(field: Field, value: Json): Json {
  if (Array.isArray(value)) return value.map((each) => written(field, each));
  if (field.type === "object" && isObject(value)) return specOf(field.shape ?? [], value, {});
  if (field.type === "enum" && typeof value === "string") return value.slice(field.prefix.length).toLowerCase();
  return value;
}

const isImplicit = ({ type, values }: Field, value: Json): boolean =>
  value === "" ||
  value === 0 ||
  value === "0" ||
  value === false ||
  (type === "enum" && value === values[0]) ||
  (Array.isArray(value) && value.length === 0) ||
  (type === "map" && isObject(value) && Object.keys(value).length === 0);
