import type { HttpDoor } from "@muster/host/http-door";
import { HTTP_STATUS } from "@muster/host/http-status";
import { Refusal } from "@muster/host/refusal";
import { currentTrace, currentTraceId } from "@muster/host/telemetry";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Principal } from "../domain/principal.ts";
import { refuse } from "../domain/refusals.ts";
import { resourceTypes, schemas, serviceProviderConfig } from "../domain/scim/discovery.ts";
import { changesOf } from "../domain/scim/patch.ts";
import { groupIn } from "../domain/scim/provided-group.ts";
import { userIn } from "../domain/scim/provided-user.ts";
import { listQuery, listResponse } from "../domain/scim/query.ts";
import type { SignInProvider } from "../domain/sign-in-provider.ts";
import { secretOf } from "../rest/admission.ts";
import { askedAction } from "../rest/asked-action.ts";
import type { RecordParts } from "../rest/route-record.ts";
import type { ProvidedGroups } from "../usecases/scim/provided-groups.ts";
import type { ProvidedUsers } from "../usecases/scim/provided-users.ts";
import type { SignInProviders } from "../usecases/sign-in-providers.ts";

export interface ScimParts {
  readonly providers: SignInProviders;
  readonly users: ProvidedUsers;
  readonly groups: ProvidedGroups;
  readonly records: RecordParts;
  /** Where the door is reached. */
  readonly base: string;
}

interface Asked {
  readonly provider: SignInProvider;
  readonly id: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

type Work = (asked: Asked) => Promise<object | void> | object;

const ROOT = "/scim/v2";
const BODY_LIMIT = 4 * 1024 * 1024;

/** Lets sign-in providers keep their people and groups here by themselves (SCIM 2.0, RFC 7644). */
export function offerScim(door: HttpDoor, parts: ScimParts): void {
  const { base, groups, users } = parts;
  const offer = (method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, work: Work, status = 200) =>
    door.route({
      method,
      url: ROOT + path,
      bodyLimit: BODY_LIMIT,
      errorHandler: sendError,
      handler: async (request, reply) => {
        const answer = await new Visit(parts, request, reply).carryOut(work, status);
        return reply
          .code(status)
          .type("application/scim+json")
          .send(answer === undefined ? "" : JSON.stringify(answer));
      },
    });

  const whole = (list: readonly object[]) => listResponse(list, list.length, listQuery({}, []));
  offer("GET", "/ServiceProviderConfig", () => serviceProviderConfig(base));
  offer("GET", "/ResourceTypes", () => whole(resourceTypes(base)));
  offer("GET", "/Schemas", () => whole(schemas(base)));

  offer("GET", "/Users", ({ provider, query }) => users.list(provider, listQuery(query, ["username", "externalid"])));
  offer("GET", "/Users/:id", ({ id, provider }) => users.get(provider, id));
  offer("POST", "/Users", ({ body, provider }) => users.create(provider, userIn(body)), 201);
  offer("PUT", "/Users/:id", ({ body, id, provider }) => users.replace(provider, id, userIn(body)));
  offer("PATCH", "/Users/:id", ({ body, id, provider }) => users.patch(provider, id, changesOf(body)));
  offer("DELETE", "/Users/:id", ({ id, provider }) => users.delete(provider, id), 204);

  const withMembers = (query: Asked["query"]) => !String(query["excludedAttributes"]).toLowerCase().includes("members");
  offer("GET", "/Groups", ({ provider, query }) =>
    groups.list(provider, listQuery(query, ["displayname", "externalid"]), withMembers(query)),
  );
  offer("GET", "/Groups/:id", ({ id, provider, query }) => groups.get(provider, id, withMembers(query)));
  offer("POST", "/Groups", ({ body, provider }) => groups.create(provider, groupIn(body)), 201);
  offer("PUT", "/Groups/:id", ({ body, id, provider }) => groups.replace(provider, id, groupIn(body)));
  offer("PATCH", "/Groups/:id", ({ body, id, provider }) => groups.patch(provider, id, changesOf(body)));
  offer("DELETE", "/Groups/:id", ({ id, provider }) => groups.delete(provider, id), 204);
}

/** One request of a provider. What it changes is written down before, and told when it ended. */
class Visit {
  readonly #parts: ScimParts;
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;

  constructor(parts: ScimParts, request: FastifyRequest, reply: FastifyReply) {
    this.#parts = parts;
    this.#request = request;
    this.#reply = reply;
  }

  async carryOut(work: Work, status: number): Promise<object | void> {
    const { actions, admission } = this.#parts.records;
    const { body, method, params, query } = this.#request;
    const provider = await this.#provider();
    const principal = principalOf(provider);
    admission.slow(principal);
    const id = (params as { readonly id?: string }).id ?? "";
    const asked = { provider, id, query: query as Asked["query"], body };
    if (method === "GET") return work(asked);
    const action = { ...this.#action(principal), resourceId: id };
    const openId = await actions.begin(action);
    try {
      const answer = await work(asked);
      await actions.end(action, { status, code: "", after: undefined, alsoRefused: 0 }, openId);
      return answer;
    } catch (error) {
      await actions.end(action, { ...endOf(error), after: undefined, alsoRefused: 0 }, openId);
      throw error;
    }
  }

  async #provider(): Promise<SignInProvider> {
    const { providers, records } = this.#parts;
    const secret = secretOf(this.#request);
    const provider = secret === undefined ? undefined : await providers.ofScimToken(secret);
    if (provider !== undefined) return provider;
    const refusal = refuse(
      "api.unauthenticated",
      "send the SCIM token of a sign-in provider as Authorization: Bearer …",
    );
    const key = `${records.admission.remoteAddress(this.#request)} ${refusal.code}`;
    const alsoRefused = records.refusals.take(key, records.now());
    if (alsoRefused !== undefined)
      await records.actions.end(this.#action(undefined), { ...endOf(refusal), after: undefined, alsoRefused });
    throw refusal;
  }

  #action(principal: Principal | undefined) {
    return askedAction({
      request: this.#request,
      reply: this.#reply,
      principal,
      admission: this.#parts.records.admission,
      action: "user.write",
      method: "scim",
      trace: currentTrace(),
      traceId: currentTraceId(),
    });
  }
}

const principalOf = ({ id, name, tenant }: SignInProvider): Principal => ({
  tenant,
  actor: `provider:${name}`,
  role: "",
  actions: [],
  bounds: [],
  id,
  ownerId: "",
  credential: id,
  proof: "token",
});

const endOf = (error: unknown) =>
  error instanceof Refusal
    ? { status: HTTP_STATUS[error.kind], code: error.code }
    : { status: 500, code: "http.internal" };

const SCIM_TYPES: Readonly<Record<string, string>> = {
  "scim.bad_filter": "invalidFilter",
  "scim.bad_value": "invalidValue",
  "scim.taken": "uniqueness",
};

/** RFC 7644 §3.12. What is no refusal is the door's own to answer. */
function sendError(error: Error, _request: FastifyRequest, reply: FastifyReply): void {
  if (!(error instanceof Refusal)) throw error;
  const status = HTTP_STATUS[error.kind];
  const scimType = SCIM_TYPES[error.code];
  if (error.retryAfterSec !== undefined) reply.header("retry-after", String(error.retryAfterSec));
  const body = {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
    status: String(status),
    ...(scimType !== undefined && { scimType }),
    detail: error.message,
  };
  reply.code(status).type("application/scim+json").send(JSON.stringify(body));
}
