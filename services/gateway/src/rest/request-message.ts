import { type DescField, type FileRegistry, fromJson, type JsonObject, ScalarType, toBinary } from "@bufbuild/protobuf";
import type { RestRoute } from "@muster/contracts/rest";
import { refuse } from "../domain/refusals.ts";
import { refuseIllegible } from "./legible-text.ts";
import { requestJson, unknownField } from "./request-json.ts";

export interface RequestParts {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** The revisions that If-Match names. */
  readonly expected?: readonly number[];
}

/** Makes the method's request message of the parts of an HTTP request, as the route's rule says; serialized. */
export function requestMessage(registry: FileRegistry, route: RestRoute, parts: RequestParts): Buffer {
  const { input } = route.rpc;
  const json = { ...fromBody(route, parts.body), ...fromQuery(route, parts.query) };
  for (const name of route.pathFields) {
    const field = fieldNamed(route, name);
    const given = json[field.jsonName];
    if (given !== undefined && given !== parts.path[name]) {
      throw refuse("api.bad_request", `"${field.jsonName}" in the body is not the one in the path; leave it out`);
    }
    json[field.jsonName] = parts.path[name] ?? "";
  }
  const { ifMatch } = route;
  if (ifMatch !== undefined) {
    if (json[ifMatch.jsonName] !== undefined)
      throw refuse("api.bad_request", `"${ifMatch.jsonName}" is not known here; send the header If-Match`);
    json[ifMatch.jsonName] = [...(parts.expected ?? [])];
  }
  refuseIllegible(json);
  try {
    return Buffer.from(toBinary(input, fromJson(input, json, { registry })));
  } catch (cause) {
    throw refuse("api.bad_request", explained(cause), { cause });
  }
}

function fromBody(route: RestRoute, body: unknown): JsonObject {
  const isEmpty =
    body === undefined ||
    body === null ||
    (typeof body === "object" && !Array.isArray(body) && Object.keys(body).length === 0);
  if (route.body === "") {
    if (!isEmpty) throw refuse("api.bad_request", "nothing is read from a body here; leave it out");
    return {};
  }
  if (route.body === "*") return isEmpty ? {} : requestJson(route.rpc.input, body, "");
  const field = fieldNamed(route, route.body);
  if (field.message === undefined) throw new Error(`${route.rpc.name}: the body field is no message`);
  return { [field.jsonName]: requestJson(field.message, body ?? {}, "") };
}

function fromQuery(route: RestRoute, query: URLSearchParams): JsonObject {
  const isAsked = (field: DescField) => !route.pathFields.includes(field.name) && field !== route.ifMatch;
  const known = route.body === "" ? route.rpc.input.fields.filter(isAsked) : [];
  const raw: Record<string, unknown> = {};
  for (const name of new Set(query.keys())) {
    const field = known.find((each) => each.jsonName === name);
    if (field === undefined) throw unknownField(name, known);
    const values = query.getAll(name);
    if (field.fieldKind === "list")
      raw[name] = values.filter((value) => value !== "").map((value) => scalar(field, value));
    else if (values.length > 1) throw refuse("api.bad_request", `"${name}" is given more than once`);
    else if (values[0] !== "") raw[name] = scalar(field, values[0] ?? "");
  }
  return requestJson(route.rpc.input, raw, "");
}

function scalar(field: DescField, text: string): unknown {
  if (field.scalar === ScalarType.BOOL && (text === "true" || text === "false")) return text === "true";
  return text;
}

function fieldNamed(route: RestRoute, name: string): DescField {
  const field = route.rpc.input.fields.find((each) => each.name === name);
  if (field === undefined) throw new Error(`${route.rpc.input.typeName} has no field ${name}`);
  return field;
}

/** "cannot decode field muster.x.v1.Y.page_size from JSON: expected …" says too much about us, and the rest is right. */
function explained(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const match = /field \S+\.(\w+) from JSON: (.*)/.exec(message);
  if (match === null) return message;
  const name = (match[1] ?? "").replaceAll(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());
  return `"${name}": ${match[2]}`;
}
