import * as fc from "fast-check";
import { type OpenapiDocument, resolved, type Schema } from "./document.ts";
import { NOBODY } from "./things.ts";

/** One way to be wrong: the value at a place in a body, or of a query parameter. */
export interface Wrong {
  readonly name: string;
  readonly at: readonly string[];
  readonly value: unknown;
}

const DEEPEST = 3;
/**
 * Longer than a script may be, which is the longest text there is. An answer may be a success that does not hold it: fields
 * that only answers have are left out of a request without a word.
 */
export const TOO_LONG = "x".repeat(600_000);

/** Every way in which a value of this schema is wrong, one at a time. */
function wrongsOf(schema: Schema): readonly (readonly [string, unknown])[] {
  if (schema.enum !== undefined)
    return [
      ["an unknown name", "NO_SUCH_NAME"],
      ["an object for a name", {}],
    ];
  switch (schema.type ?? "any") {
    case "string":
      return [
        ["a number for a text", 7],
        ["an object for a text", { not: "a text" }],
        ["a text with a NUL", "a\0b"],
        ["a text with half a letter", "a\ud800b"],
        ["a text that is too long", TOO_LONG],
        ...(schema.format === "date-time" ? [["a text for a time", "yesterday"] as const] : []),
      ];
    case "integer":
      return [
        ["a text for a number", "many"],
        ["a number beyond all bounds", 1e300],
        ["a number beyond 32 bits", 2 ** 53],
        ["a number that is not whole", 1.5],
      ];
    case "number":
      return [
        ["a text for a number", "many"],
        ["a list for a number", [1]],
      ];
    case "boolean":
      return [
        ["a text for yes or no", "yes"],
        ["a number for yes or no", 1],
      ];
    case "array":
      return [
        ["an object for a list", { not: "a list" }],
        ["a text for a list", "x"],
      ];
    case "object":
      return [
        ["a text for an object", "x"],
        ["a list for an object", [1]],
        ...(schema.additionalProperties === false ? [["a field that is not known", { noSuchField: 1 }] as const] : []),
      ];
    default:
      return [];
  }
}

/** The ways in which a body can be wrong, at each of its places. */
export function wrongBodies(document: OpenapiDocument, body: Schema): fc.Arbitrary<Wrong> {
  const within = (given: Schema, at: readonly string[]): Wrong[] => {
    const schema = resolved(document, given);
    const here = wrongsOf(schema).map(([name, value]) => ({ name, at, value }));
    if (at.length >= DEEPEST) return here;
    const below = Object.entries(schema.properties ?? {}).flatMap(([name, each]) => within(each, [...at, name]));
    return [...here, ...below];
  };
  const wrongs = within(body, []);
  const kinds = [...new Set(wrongs.map(({ name }) => name))];
  // By kind first: a schema has more texts than anything else.
  return fc.constantFrom(...kinds).chain((kind) => fc.constantFrom(...wrongs.filter(({ name }) => name === kind)));
}

export function wrongQueries(document: OpenapiDocument, query: Readonly<Record<string, Schema>>): fc.Arbitrary<Wrong> {
  const wrongs = Object.entries(query).flatMap(([name, schema]) =>
    wrongsOf(resolved(document, resolved(document, schema).items ?? schema)).flatMap((wrong) =>
      // In an address half a letter has become another letter.
      (typeof wrong[1] === "string" && wrong[1].isWellFormed() && wrong[1] !== TOO_LONG) ||
      wrong[1] === 1e300 ||
      wrong[1] === 1.5
        ? [{ name: wrong[0], at: [name], value: String(wrong[1]) }]
        : [],
    ),
  );
  return fc.constantFrom(...wrongs, { name: "a parameter that is not known", at: ["noSuchParameter"], value: "1" });
}

/** Parts of a path that are no text at all, each as it stands in the address. */
export const UNREADABLE_PARTS: readonly string[] = ["%00", "a%00b", "%ff%fe", "%ED%A0%80", "%zz"];

/** Parts of a path that are nobody's id: a list about nothing may be empty. */
export const ODD_PARTS: readonly string[] = [
  NOBODY,
  "..%2f..%2fetc",
  "x".repeat(450),
  "x".repeat(2_000),
  "%F0%9F%98%80",
  "'%20or%201=1",
  "9".repeat(30),
];
