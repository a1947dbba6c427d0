import {
  type DescExtension,
  type DescField,
  type DescMessage,
  type DescMethod,
  type FileRegistry,
  fromBinary,
  fromJson,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { etagOf, type RestRoute, restRoutes } from "@muster/contracts/rest";
import type { Json, JsonObject, Kind, Resource } from "../../domain/desired-state/kind.ts";
import { KINDS } from "../../domain/desired-state/kinds.ts";
import type { Shape } from "../../domain/desired-state/shape.ts";
import type { Principal } from "../../domain/principal.ts";
import type { Act, ResourceKeepers, Seen } from "../../usecases/desired-state/ports.ts";
import { recordedJson } from "../recorded-json.ts";
import type { Upstream } from "../upstream.ts";
import { shapeOf } from "./kind-shape.ts";

/** The name of what there is exactly one of. */
const THE_ONE = "default";

/** Reaches the services that keep things over the same channels as the REST API, by what the protos say of their methods. */
export class ServiceKeepers implements ResourceKeepers {
  readonly #registry: FileRegistry;
  readonly #upstreams: Readonly<Record<string, Upstream>>;
  readonly #routes: ReadonlyMap<DescMethod, RestRoute>;
  readonly #sensitive: DescExtension;
  readonly #shapes: ReadonlyMap<string, Shape>;

  constructor(registry: FileRegistry, upstreams: Readonly<Record<string, Upstream>>) {
    const sensitive = registry.getExtension("muster.options.v1.sensitive");
    if (sensitive === undefined) throw new Error("the descriptors lack muster.options.v1.sensitive");
    this.#registry = registry;
    this.#sensitive = sensitive;
    this.#upstreams = upstreams;
    this.#routes = new Map(restRoutes(registry).map((route) => [route.rpc, route]));
    this.#shapes = new Map(
      KINDS.map((kind) => [kind.kind, shapeOf(kind, this.#resourceField(kind).message, sensitive)]),
    );
  }

  shape(kind: Kind): Shape {
    const shape = this.#shapes.get(kind.kind);
    if (shape === undefined) throw new Error(`${kind.kind} is in no table`);
    return shape;
  }

  rightFor(kind: Kind, act: Act): string {
    const route = this.#routes.get(this.#method(kind, kind.methods[act]));
    if (route === undefined) throw new Error(`${kind.kind}: ${act} has no REST route, so nobody has a right to it`);
    return route.action;
  }

  recorded(kind: Kind, json: JsonObject): JsonObject {
    return recordedJson(this.#sensitive, this.#resourceField(kind).message, json);
  }

  async list(kind: Kind, principal: Principal): Promise<Resource[]> {
    const [answer] = Object.values(await this.#call(kind, kind.methods.list, {}, principal));
    const found = (Array.isArray(answer) ? answer : [answer ?? {}]) as JsonObject[];
    return found.filter((json) => kind.isLive?.(json) ?? true).map((json) => this.#resource(kind, json));
  }

  async withContent(kind: Kind, resource: Resource, principal: Principal): Promise<Resource> {
    if (kind.methods.content === undefined) return resource;
    const request = { [keyField(kind)]: resource.id };
    return this.#resource(kind, await this.#one(kind, kind.methods.content, request, principal));
  }

  check(kind: Kind, id: string, json: JsonObject, principal: Principal): Promise<JsonObject> {
    return this.#one(kind, kind.methods.check, this.#request(kind, kind.methods.check, id, json), principal);
  }

  async create(kind: Kind, json: JsonObject, principal: Principal): Promise<Resource> {
    const request = this.#request(kind, kind.methods.create, "", json);
    return this.#resource(kind, await this.#one(kind, kind.methods.create, request, principal));
  }

  async update(kind: Kind, seen: Seen, json: JsonObject, principal: Principal): Promise<Resource> {
    const { update } = kind.methods;
    const request = { ...this.#request(kind, update, seen.id, json), ...this.#expecting(kind, update, seen) };
    return this.#resource(kind, await this.#one(kind, update, request, principal));
  }

  async remove(kind: Kind, seen: Seen, principal: Principal): Promise<void> {
    const { remove } = kind.methods;
    const request = { [keyField(kind)]: seen.id, ...this.#expecting(kind, remove, seen) };
    await this.#call(kind, remove, request, principal);
  }

  /** The request with the resource in its field for it, or spread over the request where the method has it so. */
  #request(kind: Kind, method: string | undefined, id: string, { name, ...decided }: JsonObject): JsonObject {
    const { input } = this.#method(kind, method);
    const { message } = this.#resourceField(kind);
    const isNamed = message.fields.some((field) => field.name === "name");
    const json = { ...(isNamed && name !== undefined && { name }), ...decided };
    const field = input.fields.find((each) => each.message === message);
    const ids: JsonObject = id !== "" && input.fields.some(({ name }) => name === "id") ? { id } : {};
    if (field !== undefined) return { ...ids, [field.jsonName]: json };
    const known = Object.entries(json).filter(([name]) => input.fields.some(({ jsonName }) => jsonName === name));
    return { ...ids, ...Object.fromEntries(known) };
  }

  async #one(kind: Kind, method: string | undefined, request: JsonObject, principal: Principal): Promise<JsonObject> {
    const [answer] = Object.values(await this.#call(kind, method, request, principal));
    return answer as JsonObject;
  }

  async #call(
    kind: Kind,
    name: string | undefined,
    request: JsonObject,
    principal: Principal,
  ): Promise<Record<string, Json>> {
    const method = this.#method(kind, name);
    const upstream = this.#upstreams[method.parent.file.proto.package];
    if (upstream === undefined) throw new Error(`nobody is known who answers ${method.parent.typeName}`);
    const { input, output } = method;
    const bytes = Buffer.from(toBinary(input, fromJson(input, request, { registry: this.#registry })));
    const answer = await upstream.unary(method, bytes, principal);
    return toJson(output, fromBinary(output, answer), {
      registry: this.#registry,
      alwaysEmitImplicit: true,
    }) as Record<string, Json>;
  }

  #method(kind: Kind, name: string | undefined): DescMethod {
    const method = this.#registry.getService(kind.service)?.methods.find((each) => each.name === name);
    if (method === undefined) throw new Error(`${kind.service} has no method ${name ?? "for this"}`);
    return method;
  }

  #expecting(kind: Kind, method: string | undefined, { revision }: Seen): JsonObject {
    const ifMatch = this.#routes.get(this.#method(kind, method))?.ifMatch;
    return ifMatch === undefined || revision === undefined ? {} : { [ifMatch.jsonName]: [revision] };
  }

  #resource(kind: Kind, json: JsonObject): Resource {
    const counted = etagOf(this.#registry, this.#resourceField(kind).message);
    const revision = counted === undefined ? {} : { revision: Number(json[counted.jsonName]) };
    const [id, name] =
      kind.methods.create === undefined ? [THE_ONE, THE_ONE] : [text(json[keyField(kind)]), text(json["name"])];
    return { id, name, json, ...revision };
  }

  /** What the list of a kind is of. */
  #resourceField(kind: Kind): DescField & { readonly message: DescMessage } {
    const [field] = this.#method(kind, kind.methods.list).output.fields;
    if (field?.message === undefined) throw new Error(`${kind.service}: ${kind.methods.list} lists nothing`);
    return field;
  }
}

const keyField = ({ key = "id" }: Kind): string => key;

const text = (json: Json | undefined): string => (typeof json === "string" ? json : "");
