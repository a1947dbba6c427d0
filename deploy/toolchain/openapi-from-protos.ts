import { type DescEnum, type DescField, type DescMessage, type FileRegistry, ScalarType } from "@bufbuild/protobuf";
import { type RestRoute, restRoutes } from "../../libs/contracts/src/rest.ts";
import { type Comments, commentOf, commentsOf } from "./proto-comments.ts";

type Json = Record<string, unknown>;

/** What the well-known types look like in proto3 JSON. */
const WELL_KNOWN: Record<string, Json> = {
  "google.protobuf.Timestamp": { type: "string", format: "date-time" },
  "google.protobuf.Struct": { type: "object", additionalProperties: true },
  "google.protobuf.Value": { description: "Any JSON value." },
};

/** The OpenAPI 3.1 document of the public REST API, derived from the protos alone. */
export function openapiDocument(registry: FileRegistry): string {
  return `${JSON.stringify(new Document(registry).build(), null, 2)}\n`;
}

class Document {
  readonly #registry: FileRegistry;
  readonly #schemas = new Map<string, Json>();
  readonly #comments = new Map<string, Comments>();

  constructor(registry: FileRegistry) {
    this.#registry = registry;
  }

  build(): Json {
    const paths: Record<string, Json> = {};
    for (const route of restRoutes(this.#registry)) {
      const path = route.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => `{${camel(name)}}`);
      paths[path] = { ...paths[path], [route.method.toLowerCase()]: this.#operation(route) };
    }
    return {
      openapi: "3.1.0",
      info: {
        title: "Muster",
        version: "1",
        description: "The public API of Muster. Derived from the protos; JSON is proto3 JSON.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: "/" }],
      security: [{ bearer: [] }],
      paths,
      components: {
        securitySchemes: { bearer: { type: "http", scheme: "bearer", description: "An API token, muster_…" } },
        responses: { Problem: problemResponse },
        schemas: {
          Problem: problemSchema,
          ...Object.fromEntries([...this.#schemas].sort(([a], [b]) => (a < b ? -1 : 1))),
        },
      },
    };
  }

  #operation(route: RestRoute): Json {
    const { rpc } = route;
    const comment = this.#comment(rpc.parent.file.name, rpc);
    const bodyField = rpc.input.fields.find((field) => field.name === route.body);
    const inPath = new Set(route.pathFields);
    const operation: Json = {
      operationId: `${rpc.parent.name}_${rpc.name}`,
      tags: [rpc.parent.name.replace(/Service$/, "")],
      summary: comment.replace(/^\w+ /, "").replace(/^./, (first) => first.toUpperCase()),
      "x-muster-action": route.action,
    };
    const parameters = rpc.input.fields.flatMap((field) => this.#parameter(field, inPath, route.body));
    if (route.method !== "GET") parameters.push(idempotencyKey);
    if (parameters.length > 0) operation["parameters"] = parameters;
    if (route.body !== "") {
      const schema = bodyField === undefined ? this.#bodySchema(rpc.input, inPath) : this.#fieldSchema(bodyField);
      operation["requestBody"] = { required: true, content: { "application/json": { schema } } };
    }
    operation["responses"] = {
      [String(route.successStatus)]: this.#success(route),
      default: { $ref: "#/components/responses/Problem" },
    };
    return operation;
  }

  #parameter(field: DescField, inPath: ReadonlySet<string>, body: string): Json[] {
    const isPath = inPath.has(field.name);
    if (!isPath && body !== "") return [];
    const schema = this.#fieldSchema(field);
    const description = this.#comment(field.parent.file.name, field);
    return [{ name: field.jsonName, in: isPath ? "path" : "query", required: isPath, description, schema }];
  }

  #bodySchema(message: DescMessage, without: ReadonlySet<string>): Json {
    if (without.size === 0) return this.#reference(message);
    return this.#objectSchema(message, without);
  }

  #success(route: RestRoute): Json {
    const field = route.rpc.output.fields.find((candidate) => candidate.name === route.responseBody);
    const schema = field === undefined ? this.#reference(route.rpc.output) : this.#fieldSchema(field);
    const description = this.#comment(route.rpc.output.file.name, route.rpc.output);
    if (field?.scalar === ScalarType.BYTES) return { description, content: { "application/octet-stream": {} } };
    if (route.rpc.methodKind === "server_streaming") {
      return {
        description: `${description} Sent as server-sent events, one message each.`,
        content: { "text/event-stream": { schema } },
      };
    }
    return { description, content: { "application/json": { schema } } };
  }

  #fieldSchema(field: DescField): Json {
    if (field.fieldKind === "map") return { type: "object", additionalProperties: { type: "string" } };
    const inner = this.#innerSchema(field);
    return field.fieldKind === "list" ? { type: "array", items: inner } : inner;
  }

  #innerSchema(field: DescField): Json {
    if (field.message !== undefined) return this.#reference(field.message);
    if (field.enum !== undefined) return this.#enumReference(field.enum);
    return SCALAR_SCHEMAS[field.scalar ?? 9] ?? { type: "number" };
  }

  #reference(message: DescMessage): Json {
    const known = WELL_KNOWN[message.typeName];
    if (known !== undefined) return known;
    const name = schemaName(message);
    if (!this.#schemas.has(name)) {
      this.#schemas.set(name, {}); // holds the place while the message's own fields are read
      this.#schemas.set(name, this.#objectSchema(message, new Set()));
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  #objectSchema(message: DescMessage, without: ReadonlySet<string>): Json {
    const fields = message.fields.filter((field) => !without.has(field.name));
    const properties = Object.fromEntries(
      fields.map((field) => [
        field.jsonName,
        { ...this.#fieldSchema(field), description: this.#comment(message.file.name, field) },
      ]),
    );
    return { type: "object", description: this.#comment(message.file.name, message), properties };
  }

  #enumReference(values: DescEnum): Json {
    const name = schemaName(values);
    this.#schemas.set(name, {
      type: "string",
      description: values.values.map((value) => `${value.name}: ${this.#comment(values.file.name, value)}`).join(" "),
      enum: values.values.map((value) => value.name),
    });
    return { $ref: `#/components/schemas/${name}` };
  }

  #comment(fileName: string, item: Parameters<typeof commentOf>[1]): string {
    let comments = this.#comments.get(fileName);
    if (comments === undefined) {
      const file = [...this.#registry.files].find((candidate) => candidate.name === fileName);
      comments = file === undefined ? new Map() : commentsOf(file);
      this.#comments.set(fileName, comments);
    }
    return commentOf(comments, item);
  }
}

const camel = (name: string): string => name.replaceAll(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());

const schemaName = (type: DescMessage | DescEnum): string => type.typeName.replace(/^muster\.(\w+)\.v1\./, "$1.");

const SCALAR_SCHEMAS: Record<number, Json> = {
  5: { type: "integer", format: "int32" },
  8: { type: "boolean" },
  9: { type: "string" },
  12: { type: "string", format: "byte" },
  13: { type: "integer", format: "uint32", minimum: 0 },
};

const idempotencyKey: Json = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "A text of the caller's own; the same key and request within 24 hours get the first answer again.",
  schema: { type: "string", maxLength: 200 },
};

const problemSchema: Json = {
  type: "object",
  description: "What went wrong (RFC 9457).",
  required: ["type", "title", "status", "code", "detail"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    code: { type: "string", description: "Stable; programs decide by it." },
    detail: { type: "string", description: "For people: what to do." },
  },
};

const problemResponse: Json = {
  description: "The request was refused or failed.",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};
