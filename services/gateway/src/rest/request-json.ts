import type { DescEnum, DescField, DescMessage, JsonObject, JsonValue } from "@bufbuild/protobuf";
import { refuse } from "../domain/refusals.ts";

/**
 * Reads JSON that a person may have written into the JSON that proto3 defines: enums also in their short form ("linux"
 * for PLATFORM_LINUX), times in any ISO 8601 form. What the message does not have is refused with the field's name.
 */
export function requestJson(message: DescMessage, value: unknown, at: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw refuse("api.bad_request", `${at === "" ? "the body" : `"${at}"`} is not a JSON object`);
  }
  const json: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    const path = at === "" ? key : `${at}.${key}`;
    const field = message.fields.find((each) => each.jsonName === key || each.name === key);
    if (field === undefined) throw unknownField(path, message.fields);
    json[field.jsonName] = fieldJson(field, item, path);
  }
  return json;
}

export function unknownField(path: string, known: readonly DescField[]): Error {
  const names = known.map((field) => field.jsonName).join(", ");
  return refuse(
    "api.bad_request",
    `"${path}" is not known here; ${names === "" ? "nothing is" : `known are ${names}`}`,
  );
}

function fieldJson(field: DescField, value: unknown, path: string): JsonValue {
  if (value === null) return null;
  if (field.fieldKind !== "list") return itemJson(field, value, path);
  if (!Array.isArray(value)) throw refuse("api.bad_request", `"${path}" is not a list`);
  // Of words and numbers, as many as they may be, there is nothing to read differently.
  if (field.enum === undefined && field.message === undefined) return value as JsonValue;
  return value.map((item, index) => itemJson(field, item, `${path}[${index}]`));
}

function itemJson(field: DescField, value: unknown, path: string): JsonValue {
  if (field.fieldKind === "map") return value as JsonValue;
  if (field.enum !== undefined) return enumJson(field.enum, value, path);
  if (field.message === undefined) return value as JsonValue;
  if (field.message.typeName === "google.protobuf.Timestamp") return timeJson(value, path);
  if (field.message.typeName.startsWith("google.protobuf.")) return value as JsonValue;
  return requestJson(field.message, value, path);
}

function enumJson(values: DescEnum, value: unknown, path: string): string {
  const prefix = values.sharedPrefix?.toUpperCase() ?? "";
  const wanted = String(value).toUpperCase();
  const found = values.values.find(
    ({ name, number }) => name === wanted || name === prefix + wanted || number === value,
  );
  if (found !== undefined) return found.name;
  const short = values.values.slice(1).map(({ name }) => name.slice(prefix.length).toLowerCase());
  throw refuse("api.bad_request", `"${path}" is "${String(value)}", which is not one of ${short.join(", ")}`);
}

const ISO_8601 = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

function timeJson(value: unknown, path: string): string {
  if (typeof value === "string" && ISO_8601.test(value)) {
    // A time without a zone is in UTC: what a request means must not hang on where the server stands.
    const time = new Date(/(Z|[+-]\d\d:?\d\d|^\d{4}-\d\d-\d\d)$/i.test(value) ? value : `${value}Z`);
    if (!Number.isNaN(time.getTime())) return time.toISOString();
  }
  throw refuse("api.bad_request", `"${path}" is not a time such as 2026-01-31T09:30:00Z`);
}
