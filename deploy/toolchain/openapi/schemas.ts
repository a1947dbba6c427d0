import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import type { CommentOf } from "../proto-comments.ts";

export type Json = Record<string, unknown>;

/** A request may leave out any field and gets no unknown one through; an answer has each field that can be empty. */
export type Side = "asked" | "answered";

/** The JSON schemas of messages and enums, each once for each side that it is on. */
export class Schemas {
  readonly #comment: CommentOf;
  readonly #schemas = new Map<string, Json>();

  constructor(comment: CommentOf) {
    this.#comment = comment;
  }

  /** All that were referred to, by name. */
  all(): Json {
    return Object.fromEntries([...this.#schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  ofField(field: DescField, side: Side): Json {
    if (field.fieldKind === "map") return { type: "object", additionalProperties: this.#inner(field, side) };
    const inner = this.#inner(field, side);
    return field.fieldKind === "list" ? { type: "array", items: inner } : inner;
  }

  ofMessage(message: DescMessage, side: Side): Json {
    const known = WELL_KNOWN[message.typeName];
    if (known !== undefined) return known;
    const suffix = side === "asked" && !message.name.endsWith("Request") ? "Input" : "";
    const name = schemaName(message) + suffix;
    if (!this.#schemas.has(name)) {
      this.#schemas.set(name, {}); // holds the place while the message's own fields are read
      this.#schemas.set(name, this.object(message, side));
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  /** The schema itself, without the fields that stand elsewhere in the request. */
  object(message: DescMessage, side: Side, without: readonly string[] = []): Json {
    const fields = message.fields.filter(({ name }) => !without.includes(name));
    const required = fields.filter(isNeverAbsent).map(({ jsonName }) => jsonName);
    return {
      type: "object",
      description: this.#comment(message),
      ...(side === "asked" ? { additionalProperties: false } : required.length > 0 && { required }),
      properties: Object.fromEntries(
        fields.map((field) => [field.jsonName, { ...this.ofField(field, side), description: this.#comment(field) }]),
      ),
    };
  }

  #inner(field: DescField, side: Side): Json {
    if (field.message !== undefined) return this.ofMessage(field.message, side);
    if (field.enum !== undefined) return this.#ofEnum(field.enum);
    const scalar = field.scalar === undefined ? undefined : SCALARS[field.scalar];
    if (scalar === undefined) throw new Error(`${String(field)}: nobody knows how this type looks in JSON`);
    return scalar;
  }

  #ofEnum(values: DescEnum): Json {
    const name = schemaName(values);
    this.#schemas.set(name, {
      type: "string",
      description: values.values.map((value) => `${value.name}: ${this.#comment(value)}`).join(" "),
      enum: values.values.map((value) => value.name),
    });
    return { $ref: `#/components/schemas/${name}` };
  }
}

/** Answers write plain fields and lists also when they are empty; what is a message, optional or one of many may lack. */
const isNeverAbsent = (field: DescField): boolean =>
  field.oneof === undefined && field.fieldKind !== "message" && !field.proto.proto3Optional;

const schemaName = (type: DescMessage | DescEnum): string => type.typeName.replace(/^muster\.(\w+)\.v1\./, "$1.");

/** What the well-known types look like in proto3 JSON. */
const WELL_KNOWN: Readonly<Record<string, Json>> = {
  "google.protobuf.Timestamp": { type: "string", format: "date-time", examples: ["2026-01-31T09:30:00Z"] },
  "google.protobuf.Struct": { type: "object", additionalProperties: true },
  "google.protobuf.Value": {},
};

/** 64 bits are text in proto3 JSON: a number of JavaScript does not hold them. */
const SCALARS: Readonly<Partial<Record<ScalarType, Json>>> = {
  [ScalarType.DOUBLE]: { type: "number", format: "double" },
  [ScalarType.INT64]: { type: "string", format: "int64", pattern: "^-?[0-9]{1,19}$" },
  [ScalarType.UINT64]: { type: "string", format: "uint64", pattern: "^[0-9]{1,20}$" },
  [ScalarType.INT32]: { type: "integer", format: "int32", minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
  [ScalarType.UINT32]: { type: "integer", format: "uint32", minimum: 0, maximum: 2 ** 32 - 1 },
  [ScalarType.BOOL]: { type: "boolean" },
  [ScalarType.STRING]: { type: "string" },
  [ScalarType.BYTES]: { type: "string", contentEncoding: "base64" },
};
