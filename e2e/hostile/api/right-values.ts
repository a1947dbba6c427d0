import * as fc from "fast-check";
import { type OpenapiDocument, resolved, type Schema } from "./document.ts";

const DEEPEST = 3;
/** Stands for the id of something that was made, of the kind named after the sign. */
export const A_THING = "$";

/** What fields of these names mean to the platform: text by chance would never get past the first look. */
const MEANT: readonly (readonly [RegExp, fc.Arbitrary<unknown>])[] = [
  [/^deviceIds?$/, fc.constant(`${A_THING}/api/v1/devices`)],
  [/^labelIds?$/, fc.constant(`${A_THING}/api/v1/labels`)],
  [/^(query|sql)$/, fc.constantFrom("select 1", "select version from os_version", "select")],
  [
    /^(url|endpointUrl|endpoint|issuer)$/,
    fc.constantFrom("http://127.0.0.1:9/x", "https://[::1]:9/", "gopher://x", "http:"),
  ],
  [/^(email|adminEmail)$/, fc.constantFrom("ada@hostile.example", "ada@", "@")],
  [/^role$/, fc.constantFrom("viewer", "auditor", "nobody")],
  [/^position$/, fc.constantFrom("1", "0", "9007199254740993", "not a position")],
];

/** The one command that ends a device for all other tries; the method that does the same is tried last. */
const ENDS_DEVICES = "COMMAND_TYPE_UNENROLL";

const text = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.constantFrom("", " ", "a".repeat(300), "'; drop table devices --", "../../etc/passwd", "%00", "\u202e\u0007"),
);

const time = fc
  .date({ min: new Date("1970-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true })
  .map((date) => date.toISOString());

/** Makes values that a schema allows. */
export function rightValues(document: OpenapiDocument): (schema: Schema, name?: string) => fc.Arbitrary<unknown> {
  const of = (given: Schema, name: string, depth: number): fc.Arbitrary<unknown> => {
    const schema = resolved(document, given);
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum.filter((value) => value !== ENDS_DEVICES));
    switch (schema.type ?? "any") {
      case "string":
        return schema.format === "date-time" ? time : textNamed(name, schema);
      case "integer":
        return fc.oneof(
          fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 100, 2 ** 31 - 1) }),
          fc.integer({ min: 0, max: 100 }),
        );
      case "number":
        return fc.double({ noNaN: true, noDefaultInfinity: true });
      case "boolean":
        return fc.boolean();
      case "array":
        return depth > DEEPEST ? fc.constant([]) : fc.array(of(schema.items ?? {}, name, depth + 1), { maxLength: 3 });
      case "object":
        return object(schema, depth);
      default:
        return fc.jsonValue({ maxDepth: 2 });
    }
  };
  const object = ({ properties, additionalProperties }: Schema, depth: number): fc.Arbitrary<unknown> => {
    if (depth > DEEPEST) return fc.constant({});
    if (properties === undefined) {
      const values =
        typeof additionalProperties === "object" ? of(additionalProperties, "", depth + 1) : fc.jsonValue();
      return fc.dictionary(fc.string({ maxLength: 10 }), values, { maxKeys: 3, noNullPrototype: true });
    }
    const fields = Object.entries(properties).map(([name, schema]) => [name, of(schema, name, depth + 1)] as const);
    return fc.record(Object.fromEntries(fields), { requiredKeys: [], noNullPrototype: true });
  };
  const textNamed = (name: string, { pattern }: Schema): fc.Arbitrary<unknown> => {
    if (pattern !== undefined) return fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String);
    const meant = MEANT.find(([names]) => names.test(name))?.[1];
    return meant === undefined ? text : fc.oneof({ weight: 3, arbitrary: meant }, text);
  };
  return (schema, name = "") => of(schema, name, 0);
}
