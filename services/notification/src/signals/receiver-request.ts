import type { HttpDoor } from "@muster/host/http-door";
import type { FastifyReply } from "fastify";
import { refuse } from "../domain/refusals.ts";
import type { HeldReceiver } from "../storage/signals/receivers.ts";
import { admitReceiver, type Scope } from "../usecases/signals/admit-receiver.ts";
import type { SignalDeps } from "../usecases/signals/ports.ts";

type Body = Readonly<Record<string, unknown>>;

/** A request of a receiver that showed a token with the scope it takes. */
export interface ReceiverRequest {
  readonly receiver: HeldReceiver;
  readonly body: Body;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | undefined>>;
}

interface ReceiverRoute {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Below /ssf/<tenant>. */
  readonly path: string;
  readonly scope: Scope;
  readonly answer: (request: ReceiverRequest, reply: FastifyReply) => Promise<unknown>;
}

/** Opens routes for receivers; the token stands in the header, nowhere else (RFC 6750 §2.1). */
export function openReceiverRoutes(door: HttpDoor, deps: SignalDeps, routes: readonly ReceiverRoute[]): void {
  for (const { method, path, scope, answer } of routes) {
    door.route({
      method,
      url: `/ssf/:tenant${path}`,
      handler: async (request, reply) => {
        const params = request.params as Record<string, string>;
        reply.header("cache-control", "no-store");
        const [, token] = /^bearer ([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? "") ?? [];
        const receiver = await admitReceiver(deps, params["tenant"] ?? "", token ?? "", scope).catch(
          (error: unknown) => {
            const reason =
              token === undefined ? "" : `, error="${isOutOfScope(error) ? "insufficient_scope" : "invalid_token"}"`;
            reply.header("www-authenticate", `Bearer realm="ssf"${reason}`);
            throw error;
          },
        );
        return answer(
          { receiver, body: bodyOf(request.body), params, query: request.query as ReceiverRequest["query"] },
          reply,
        );
      },
    });
  }
}

const isOutOfScope = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "signal.out_of_scope";

function bodyOf(body: unknown): Body {
  if (body === undefined || body === null) return {};
  if (typeof body !== "object" || Array.isArray(body) || body instanceof URLSearchParams) {
    throw refuse("signal.bad_request", "the body is a JSON object");
  }
  return body as Body;
}
