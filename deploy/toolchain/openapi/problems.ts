import type { RestRoute } from "../../../libs/contracts/src/rest.ts";
import { HTTP_STATUS } from "../../../libs/host/src/http-status.ts";
import type { RefusalKind } from "../../../libs/host/src/refusal.ts";
import { CODES as COMMAND } from "../../../services/command/src/domain/refusals.ts";
import { CODES as ENROLLMENT } from "../../../services/enrollment/src/domain/refusals.ts";
import { CODES as GATEWAY } from "../../../services/gateway/src/domain/refusals.ts";
import { CODES as INVENTORY } from "../../../services/inventory/src/domain/refusals.ts";
import { CODES as NOTIFICATION } from "../../../services/notification/src/domain/refusals.ts";
import { CODES as POLICY } from "../../../services/policy/src/domain/refusals.ts";
import type { Json } from "./schemas.ts";

/** The codes of HTTP, of the way to a service and of what all services share. */
const SHARED: Readonly<Record<string, RefusalKind>> = {
  "http.malformed_json": "invalid",
  "http.malformed_encoding": "invalid",
  "http.unknown_encoding": "invalid",
  "http.bad_request": "invalid",
  "http.too_large": "too_large",
  "http.unknown_path": "not_found",
  "rpc.unavailable": "unavailable",
  "page.bad_token": "invalid",
  "list.bad_span": "invalid",
  "parked.too_much": "invalid",
  "revision.changed": "changed",
};

const ALL: Readonly<Record<string, RefusalKind>> = {
  ...SHARED,
  ...GATEWAY,
  ...COMMAND,
  ...ENROLLMENT,
  ...INVENTORY,
  ...NOTIFICATION,
  ...POLICY,
};

interface Problem {
  readonly name: string;
  readonly description: string;
  readonly retries?: true;
}

const PROBLEMS: Readonly<Record<RefusalKind, Problem>> = {
  invalid: { name: "BadRequest", description: "The request is not understood; `detail` names the field." },
  unauthenticated: { name: "Unauthenticated", description: "Nobody known asks." },
  forbidden: { name: "Forbidden", description: "Who asks may not do this." },
  not_found: { name: "NotFound", description: "There is no such thing in this tenant." },
  conflict: { name: "Conflict", description: "It does not fit what is there." },
  changed: {
    name: "PreconditionFailed",
    description: "It is no longer as If-Match says: read it again, make the change to what it is, and send its tag.",
  },
  too_large: { name: "TooLarge", description: "The body is larger than allowed." },
  too_many: { name: "TooManyRequests", description: "Too much at once.", retries: true },
  unavailable: { name: "Unavailable", description: "A service is away.", retries: true },
};

const INTERNAL = { name: "Internal", description: "A fault of Muster's." };

/** With which problems a method can be answered, by status. */
export function problemResponses({ etag, ifMatch, method, pathFields }: RestRoute): Json {
  const changes = method !== "GET";
  const fits: Readonly<Record<RefusalKind, boolean>> = {
    invalid: true,
    unauthenticated: true,
    forbidden: true,
    not_found: true,
    conflict: changes || pathFields.length > 0,
    changed: etag !== undefined || ifMatch !== undefined,
    too_large: changes,
    too_many: true,
    unavailable: true,
  };
  const kinds = (Object.keys(PROBLEMS) as RefusalKind[]).filter((kind) => fits[kind]);
  const named = kinds.map((kind) => [String(HTTP_STATUS[kind]), PROBLEMS[kind].name] as const);
  return Object.fromEntries(
    [...named, ["500", INTERNAL.name] as const].map(([status, name]) => [
      status,
      { $ref: `#/components/responses/${name}` },
    ]),
  );
}

/** The answers that are no success: a schema of each with its closed list of codes. */
export function problemComponents(): { readonly responses: Json; readonly schemas: Json } {
  const responses: Json = {};
  const schemas: Json = { Problem: problemSchema };
  const add = ({ name, description, retries }: Problem, status: number, codes: readonly string[]): void => {
    const code = codes[0] ?? "";
    schemas[`${name}Problem`] = {
      description,
      allOf: [{ $ref: "#/components/schemas/Problem" }],
      properties: { status: { const: status }, code: { type: "string", enum: codes } },
    };
    responses[name] = {
      description,
      ...(retries && { headers: { "Retry-After": { $ref: "#/components/headers/RetryAfter" } } }),
      content: {
        "application/problem+json": {
          schema: { $ref: `#/components/schemas/${name}Problem` },
          example: { type: "about:blank", title: code, status, code, detail: description },
        },
      },
    };
  };
  for (const kind of Object.keys(PROBLEMS) as RefusalKind[]) {
    const codes = Object.keys(ALL).filter((code) => ALL[code] === kind);
    add(PROBLEMS[kind], HTTP_STATUS[kind], codes.sort());
  }
  add(INTERNAL, 500, ["http.internal"]);
  return { responses, schemas };
}

const problemSchema: Json = {
  type: "object",
  description: "What went wrong (RFC 9457).",
  required: ["type", "title", "status", "code", "detail"],
  properties: {
    type: { type: "string", const: "about:blank" },
    title: { type: "string", description: "The code again." },
    status: { type: "integer", description: "The HTTP status." },
    code: { type: "string", description: "Stable; programs decide by it." },
    detail: { type: "string", description: "For people: what to do." },
  },
};
