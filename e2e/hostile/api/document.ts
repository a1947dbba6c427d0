import { type ApiDoor, ask } from "./ask.ts";

/** A JSON schema, as far as the requests and answers of the API use it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
}

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly schema: Schema;
}

interface Media {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Described {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Media;
  readonly responses: Readonly<Record<string, Media & { readonly $ref?: string }>>;
}

export interface OpenapiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** One method of the API at one path, as the platform itself describes it. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, Schema>>;
  readonly body: Schema | undefined;
  readonly responses: Described["responses"];
  readonly streams: boolean;
}

/** The document that the platform serves. */
export async function documentOf(door: ApiDoor): Promise<OpenapiDocument> {
  const { text } = await ask(door, { method: "GET", address: "/api/v1/openapi.json" });
  return JSON.parse(text) as OpenapiDocument;
}

export function operationsIn({ paths }: OpenapiDocument): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, parameters = [], requestBody, responses }]) => ({
      id: operationId,
      method: method.toUpperCase(),
      path,
      query: Object.fromEntries(
        parameters.filter((each) => each.in === "query").map(({ name, schema }) => [name, schema]),
      ),
      body: requestBody?.content?.["application/json"]?.schema,
      responses,
      streams: Object.values(responses).some(({ content }) => content?.["text/event-stream"] !== undefined),
    })),
  );
}

/** The schema itself, where there is only its name. */
export function resolved(document: OpenapiDocument, schema: Schema): Schema {
  const name = schema.$ref?.split("/").at(-1);
  if (name === undefined) return schema;
  const found = document.components.schemas[name];
  if (found === undefined) throw new Error(`the document has no schema ${name}`);
  return found;
}
