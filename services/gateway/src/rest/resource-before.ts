import type { DescExtension, FileRegistry, JsonObject, JsonValue } from "@bufbuild/protobuf";
import type { RestRoute } from "@muster/contracts/rest";
import type { Principal } from "../domain/principal.ts";
import { recordedJson } from "./recorded-json.ts";
import { requestMessage } from "./request-message.ts";
import { ResponseReader } from "./response-json.ts";
import type { Upstream } from "./upstream.ts";

export interface Resource {
  readonly id: string;
  readonly name: string;
  /** As it may be recorded; nothing when there is no way to read it, or nothing there. */
  readonly json: JsonObject | undefined;
}

export type ReadBefore = (params: Readonly<Record<string, string>>, principal: Principal) => Promise<Resource>;

interface Twin {
  readonly route: RestRoute;
  /** Whether it lists all of the kind, and the one is to be found in it. */
  readonly isList: boolean;
}

/** Makes what reads a route's resource as it is before the request: with the GET route of the same path, or its list. */
export function resourceReader(
  registry: FileRegistry,
  routes: readonly RestRoute[],
  upstreamOf: (route: RestRoute) => Upstream,
  sensitive: DescExtension,
): (route: RestRoute) => ReadBefore {
  return (route) => {
    const twin = twinOf(route, routes);
    const lastParam = route.pathFields.at(-1);
    return async (params, principal) => {
      const id = lastParam === undefined ? "" : (params[lastParam] ?? "");
      if (twin === undefined) return { id, name: "", json: undefined };
      const values = route.pathFields.map((name) => params[name] ?? "");
      const path = Object.fromEntries(twin.route.pathFields.map((name, index) => [name, values[index] ?? ""]));
      try {
        const message = requestMessage(registry, twin.route, { path, query: new URLSearchParams(), body: undefined });
        const answer = await upstreamOf(twin.route).unary(twin.route.rpc, message, principal);
        const reader = new ResponseReader(registry, twin.route);
        const json = twin.isList ? itemOf(reader.json(answer), id) : reader.json(answer);
        if (json === undefined) return { id, name: "", json: undefined };
        const shape = twin.isList ? listItem(twin.route) : reader.shape;
        return { id, name: nameOf(json), json: recordedJson(sensitive, shape, json) };
      } catch {
        // There is none, or it cannot be read now: the request itself will be answered with that.
        return { id, name: "", json: undefined };
      }
    };
  };
}

export function twinOf(route: RestRoute, routes: readonly RestRoute[]): Twin | undefined {
  const path = shapeOf(route.path);
  const end = path.lastIndexOf("{}");
  // A POST without an id makes something new; PUT and PATCH without one change the only one there is.
  if (end < 0 && route.method === "POST") return undefined;
  const own = end < 0 ? path : path.slice(0, end + 2);
  const one = routes.find((each) => isRead(each) && shapeOf(each.path) === own);
  if (one !== undefined) return { route: one, isList: false };
  const all = own.replace(/\/\{\}$/, "");
  const list = routes.find((each) => isRead(each) && shapeOf(each.path) === all && listItem(each) !== undefined);
  return list && { route: list, isList: true };
}

const shapeOf = (path: string): string => path.replaceAll(/\{\w+\}/g, "{}");

const isRead = ({ method, rpc }: RestRoute): boolean => method === "GET" && rpc.methodKind === "unary";

/** What a list is of, when it comes whole: one that comes in pages may not hold the one that is looked for. */
function listItem({ rpc }: RestRoute) {
  if (rpc.input.fields.some(({ name }) => name === "page_token")) return undefined;
  const [field, ...others] = rpc.output.fields;
  return others.length === 0 && field?.fieldKind === "list" ? field.message : undefined;
}

function itemOf(json: JsonValue, id: string): JsonValue | undefined {
  const [list] = Object.values(json as JsonObject);
  return (list as JsonObject[] | undefined)?.find((each) => each["id"] === id);
}

/** What people call it. */
export function nameOf(json: JsonValue): string {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return "";
  const name = ["displayName", "name", "email", "hostname"].map((each) => json[each]).find((each) => Boolean(each));
  return typeof name === "string" ? name.slice(0, 200).toWellFormed().replaceAll("\0", "\uFFFD") : "";
}
