import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openapiTypes } from "./types.ts";

const PATH = "/api/v1/things/{id}";
const THING = 'components["schemas"]["a.Thing"]';
const REF = { $ref: "#/components/schemas/a.Thing" };

describe("the types of an OpenAPI document", () => {
  it("are those of what is said in the path, the query, the headers and the body, and what may be left out", () => {
    const name = { name: "name", in: "query", required: false, description: "Its name.", schema: { type: "string" } };
    const id = { name: "id", in: "path", required: true, schema: { type: "string", minLength: 1 } };
    const key = { name: "Idempotency-Key", in: "header", required: false, schema: { type: "string" } };
    const requestBody = { required: true, content: { "application/json": { schema: REF } } };
    const put = {
      summary: "Changes it.",
      description: "Wholly.",
      parameters: [name, id, key],
      requestBody,
      responses: {},
    };
    const types = typesOf({ paths: { [PATH]: { put } } });
    holds(types, "/** Changes it. Wholly. */ readonly put: {");
    holds(types, "readonly query?: { /** Its name. */ readonly name?: string; };");
    holds(types, 'readonly header?: { readonly "Idempotency-Key"?: string; };');
    holds(types, "readonly path: { readonly id: string; };");
    holds(types, `readonly requestBody: { readonly content: { readonly "application/json": ${THING}; }; };`);
  });

  it("are those of each answer, with its headers", () => {
    const content = { "application/json": { schema: REF } };
    const ok = { description: "The thing.", headers: { ETag: { $ref: "#/components/headers/ETag" } }, content };
    const get = {
      responses: { 200: ok, 304: { description: "The same." }, 404: { $ref: "#/components/responses/NotFound" } },
    };
    const types = typesOf({
      paths: { [PATH]: { get } },
      headers: { ETag: { description: "Its version.", schema: { type: "string" } } },
    });
    holds(
      types,
      "/** The thing. */ readonly 200: { readonly headers: { /** Its version. */ readonly ETag?: string; };",
    );
    holds(types, "/** The same. */ readonly 304: { };");
    holds(types, 'readonly 404: components["responses"]["NotFound"];');
  });

  for (const [schema, type] of [
    [{ type: "array", items: REF }, 'readonly components["schemas"]["a.Thing"][]'],
    [{ type: "array", items: { enum: ["A", "B"] } }, 'readonly ("A" | "B")[]'],
    [{ type: "object", additionalProperties: { type: "integer" } }, "{ readonly [key: string]: number }"],
    [{ type: "object", additionalProperties: true }, "{ readonly [key: string]: unknown }"],
    [{ type: "object", additionalProperties: false }, "Record<string, never>"],
    [{ const: 400 }, "400"],
    [{}, "unknown"],
    [
      { type: "object", required: ["a"], properties: { a: { type: "boolean" }, b: REF } },
      `{ readonly a: boolean; readonly b?: ${THING}; }`,
    ],
    [{ allOf: [REF], properties: { status: { const: 400 } } }, `${THING} & { readonly status?: 400; }`],
  ] as const) {
    it(`has for ${JSON.stringify(schema)} ${type}`, () => {
      holds(typesOf({ schemas: { "a.It": schema } }), `readonly "a.It": ${type};`);
    });
  }

  it("end no comment early", () => {
    const types = typesOf({ schemas: { It: { type: "string", description: "Matches */*." } } });
    holds(types, "/** Matches *\\/*. */");
  });

  it("are refused where a keyword says what no type would", () => {
    assert.throws(() => typesOf({ schemas: { It: { oneOf: [REF] } } }), /keyword "oneOf"/);
    assert.throws(() => typesOf({ schemas: { It: { type: "null" } } }), /type "null"/);
  });
});

const typesOf = ({ paths = {}, ...components }: Readonly<Record<string, object>>): string =>
  openapiTypes({ paths, components });

/** Compares without regard to how the lines are broken. */
function holds(types: string, part: string): void {
  const line = types.replaceAll(/\s+/g, " ");
  assert.ok(line.includes(part), `${part} is not in ${line}`);
}
