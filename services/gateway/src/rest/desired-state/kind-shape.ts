import {
  type DescEnum,
  type DescExtension,
  type DescField,
  type DescMessage,
  getExtension,
  hasExtension,
  ScalarType,
} from "@bufbuild/protobuf";
import type { Kind } from "../../domain/desired-state/kind.ts";
import type { Field, Shape } from "../../domain/desired-state/shape.ts";

/** What documents of a kind may hold: the fields of its message that people decide, references under their own names. */
export function shapeOf(kind: Kind, message: DescMessage, sensitive: DescExtension): Shape {
  const unknown = kind.fields.filter((name) => !message.fields.some((field) => field.jsonName === name));
  if (unknown.length > 0) throw new Error(`${message.typeName} has no ${unknown.join(", ")}`);
  const all = fieldsOf(kind, message, sensitive, "", []);
  return all.filter((_field, index) => kind.fields.includes(message.fields[index]?.jsonName ?? ""));
}

function fieldsOf(
  kind: Kind,
  message: DescMessage,
  sensitive: DescExtension,
  at: string,
  above: readonly DescMessage[],
): Shape {
  // None of our resources holds itself; if one ever does, its inner one is read as it is.
  if (above.includes(message)) return [];
  return message.fields.map((field): Field => {
    const reference = kind.references?.find(({ path }) => path === at + field.jsonName);
    const isFile = kind.files?.includes(at + field.jsonName) === true;
    const inner = innerMessage(field);
    const values = enumOf(field);
    return {
      name: reference?.as ?? field.jsonName,
      type: typeOf(field),
      list: field.fieldKind === "list",
      hidden: isFile || isSensitive(field, sensitive),
      file: isFile,
      optional: field.fieldKind === "scalar" && field.proto.proto3Optional,
      values: values?.values.map(({ name }) => name) ?? [],
      prefix: values?.sharedPrefix?.toUpperCase() ?? "",
      shape:
        inner === undefined || inner.typeName.startsWith("google.protobuf.")
          ? undefined
          : fieldsOf(kind, inner, sensitive, `${at}${field.jsonName}.`, [...above, message]),
      names: reference?.kind,
      oneOf: field.oneof?.name,
    };
  });
}

const SCALARS: ReadonlyMap<ScalarType, Field["type"]> = new Map([
  [ScalarType.STRING, "text"],
  [ScalarType.BYTES, "bytes"],
  [ScalarType.BOOL, "boolean"],
]);

const innerMessage = (field: DescField): DescMessage | undefined => ("message" in field ? field.message : undefined);

const enumOf = (field: DescField): DescEnum | undefined => ("enum" in field ? field.enum : undefined);

function typeOf(field: DescField): Field["type"] {
  if (field.fieldKind === "map") return "map";
  if (enumOf(field) !== undefined) return "enum";
  const message = innerMessage(field)?.typeName;
  if (message === "google.protobuf.Timestamp") return "time";
  if (message === "google.protobuf.Struct") return "map";
  if (message?.startsWith("google.protobuf.") === true) return "any";
  if (message !== undefined) return "object";
  const scalar = "scalar" in field ? field.scalar : undefined;
  return SCALARS.get(scalar ?? ScalarType.DOUBLE) ?? "number";
}

function isSensitive({ proto: { options } }: DescField, sensitive: DescExtension): boolean {
  return options !== undefined && hasExtension(options, sensitive) && getExtension(options, sensitive) === true;
}
