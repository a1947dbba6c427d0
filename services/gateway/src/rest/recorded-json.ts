import { createHash } from "node:crypto";
import type { DescExtension, DescField, DescMessage, JsonObject, JsonValue } from "@bufbuild/protobuf";
import { getExtension, hasExtension } from "@bufbuild/protobuf";

/** Longer texts are recorded as their digest; so is the whole when it is still larger than the second. */
const MAX_TEXT = 1_024;
const MAX_BYTES = 16 * 1_024;

const REMOVED = "(removed)";

/** Makes of a message's JSON what may be recorded: without the fields that its proto calls sensitive, and not too large. */
export function recordedJson(sensitive: DescExtension, shape: DescMessage | undefined, json: JsonValue): JsonObject {
  const open = shape === undefined ? json : withoutSecrets(sensitive, shape, json);
  const whole = isObject(open) ? open : { value: open };
  const short = withShortTexts(whole) as JsonObject;
  const size = Buffer.byteLength(JSON.stringify(short));
  return size <= MAX_BYTES ? short : { cut: digestOf(JSON.stringify(whole)) };
}

const isObject = (json: JsonValue | undefined): json is JsonObject =>
  typeof json === "object" && json !== null && !Array.isArray(json);

function withoutSecrets(sensitive: DescExtension, shape: DescMessage, json: JsonValue): JsonValue {
  // The well-known types have a JSON of their own, and hold no field of ours.
  if (!isObject(json) || shape.typeName.startsWith("google.protobuf.")) return json;
  const kept: JsonObject = {};
  for (const [name, value] of Object.entries(json)) {
    const field = shape.fields.find(({ jsonName }) => jsonName === name);
    kept[name] = field === undefined ? value : fieldWithoutSecrets(sensitive, field, value);
  }
  return kept;
}

function fieldWithoutSecrets(sensitive: DescExtension, field: DescField, value: JsonValue): JsonValue {
  if (isSensitive(sensitive, field)) return value === "" ? "" : REMOVED;
  const { message } = field;
  if (message === undefined) return value;
  const inner = (each: JsonValue): JsonValue => withoutSecrets(sensitive, message, each);
  if (Array.isArray(value)) return value.map(inner);
  if (field.fieldKind === "map" && isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, inner(each)]));
  }
  return inner(value);
}

function isSensitive(sensitive: DescExtension, { proto: { options } }: DescField): boolean {
  return options !== undefined && hasExtension(options, sensitive) && getExtension(options, sensitive) === true;
}

function withShortTexts(json: JsonValue): JsonValue {
  if (typeof json === "string") return json.length <= MAX_TEXT ? storable(json) : { cut: digestOf(json) };
  if (Array.isArray(json)) return json.map(withShortTexts);
  if (!isObject(json)) return json;
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [storable(name), withShortTexts(value)]));
}

/** A device may call itself anything; Postgres keeps neither NUL nor half a surrogate pair in JSON. */
const storable = (text: string): string => text.toWellFormed().replaceAll("\0", "\uFFFD");

const digestOf = (text: string): JsonObject => ({
  bytes: Buffer.byteLength(text),
  sha256: createHash("sha256").update(text).digest("hex"),
});
