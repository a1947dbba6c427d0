import type { FileRegistry } from "@bufbuild/protobuf";
import { restRoutes } from "../../../libs/contracts/src/rest.ts";
import { commentsInRegistry } from "../proto-comments.ts";
import { operationsOf } from "./operations.ts";
import { problemComponents } from "./problems.ts";
import { type Json, Schemas } from "./schemas.ts";

/** The OpenAPI 3.1 document of the public REST API, derived from the protos and the lists of refusals alone. */
export function openapiDocument(registry: FileRegistry): string {
  const comment = commentsInRegistry(registry);
  const schemas = new Schemas(comment);
  const operationOf = operationsOf(schemas, comment);
  const paths: Record<string, Json> = {};
  const tags = new Map<string, string>();
  for (const route of restRoutes(registry)) {
    const path = route.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => `{${camel(name)}}`);
    const operation = operationOf(route);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation };
    tags.set(operation.tags[0], comment(route.rpc.parent));
  }
  const { responses, schemas: problems } = problemComponents();
  const document = {
    openapi: "3.1.0",
    info: {
      title: "Muster",
      version: "1",
      description: [
        "The public API of Muster. Derived from the protos; JSON is proto3 JSON.",
        "An answer may gain fields within a version; a request with a field that is not known is refused.",
      ].join(" "),
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }, { session: [] }],
    tags: [...tags].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, description]) => ({ name, description })),
    paths,
    components: { securitySchemes, headers, responses, schemas: { ...problems, ...schemas.all() } },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

const camel = (name: string): string => name.replaceAll(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());

const securitySchemes: Json = {
  bearer: { type: "http", scheme: "bearer", description: "An API token, muster_…" },
  session: {
    type: "apiKey",
    in: "cookie",
    name: "muster_session",
    description: "The session of a person who signed in. A change with it needs the header X-Muster-CSRF as well.",
  },
};

const headers: Json = {
  ETag: {
    description:
      "The strong tag of the answer: its revision, which If-Match is held against, and a digest of all of it.",
    schema: { type: "string", examples: ['"3-Pm3lUnGkYxbBgBPD"'] },
  },
  RetryAfter: {
    description: "After how many seconds the request may be sent again.",
    schema: { type: "integer", minimum: 1 },
  },
};
