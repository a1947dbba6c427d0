import type { FileRegistry } from "@bufbuild/protobuf";
import type { RestRoute } from "@muster/contracts/rest";
import type { HttpDoor } from "@muster/host/http-door";
import { currentTrace, inSpan, SpanKind, type TraceCarrier, trace, traceOf } from "@muster/host/telemetry";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Principal } from "../domain/principal.ts";
import type { ActionLog } from "./action-log.ts";
import { type Admission, isSafe } from "./admission.ts";
import type { AnswerStreams } from "./answer-stream.ts";
import type { Idempotency } from "./idempotency.ts";
import { requestMessage } from "./request-message.ts";
import { ResponseReader } from "./response-json.ts";
import { resumedQuery } from "./stream-position.ts";
import type { Upstream } from "./upstream.ts";

export interface RouteParts {
  readonly registry: FileRegistry;
  readonly admission: Admission;
  readonly idempotency: Idempotency;
  readonly actions: ActionLog;
  readonly streams: AnswerStreams;
}

interface Visit {
  readonly principal: Principal;
  trace: TraceCarrier;
}

/** Offers one method of the protos as its REST route. */
export function offerRoute(door: HttpDoor, route: RestRoute, upstream: Upstream, parts: RouteParts): void {
  const { registry, admission, idempotency, actions, streams } = parts;
  const reader = new ResponseReader(registry, route);
  const visits = new WeakMap<FastifyRequest, Visit>();
  const method = `${route.rpc.parent.typeName}/${route.rpc.name}`;
  const spanName = `${route.method} ${route.path}`;

  const visitOf = (request: FastifyRequest): Visit => {
    const visit = visits.get(request);
    if (visit === undefined) throw new Error("the request was not admitted");
    return visit;
  };

  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const { principal } = visitOf(request);
    const message = requestMessage(registry, route, {
      path: request.params as Record<string, string>,
      query: resumedQuery(route, request),
      body: request.body,
    });
    if (route.rpc.methodKind === "server_streaming") {
      await streams.send({ request, reply, route, reader, upstream, message, principal });
      return reply;
    }
    const call = async () => ({
      status: route.successStatus,
      json: JSON.stringify(reader.json(await upstream.unary(route.rpc, message, principal))),
    });
    const { status, json, replayed } = isSafe(route.method)
      ? { ...(await call()), replayed: false }
      : await idempotency.once(request, principal, call);
    if (replayed) reply.header("idempotent-replayed", "true");
    return reply
      .code(status)
      .type(status < 400 ? "application/json" : "application/problem+json")
      .send(json);
  };

  door.route({
    method: route.method,
    url: route.path.replaceAll(/\{(\w+)\}/g, ":$1"),
    onRequest: async (request) => {
      const principal = await admission.principal(request);
      visits.set(request, { principal, trace: {} });
      admission.check(request, principal, route.action);
    },
    handler: (request, reply) =>
      inSpan(
        spanName,
        { kind: SpanKind.SERVER, parent: traceOf(carrierOf(request)), attributes: { "http.route": route.path } },
        async () => {
          visitOf(request).trace = currentTrace();
          const traceId = trace.getActiveSpan()?.spanContext().traceId;
          if (traceId !== undefined) reply.header("trace-id", traceId);
          return answer(request, reply);
        },
      ),
    ...(!isSafe(route.method) && {
      // Every answer passes here before it is sent, whichever part made it.
      onSend: async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
        const visit = visits.get(request);
        if (visit === undefined) return;
        const { tenant, actor, role } = visit.principal;
        await actions.record({
          tenant,
          actor,
          role,
          action: route.action,
          method,
          status: reply.statusCode,
          code: reply.statusCode < 400 ? "" : codeOf(payload),
          path: request.url.split("?")[0] ?? "",
          remoteAddress: admission.remoteAddress(request),
          idempotencyKey: String(request.headers["idempotency-key"] ?? ""),
          trace: visit.trace,
        });
      },
    }),
  });
}

function carrierOf(request: FastifyRequest): TraceCarrier {
  const { traceparent } = request.headers;
  return typeof traceparent === "string" ? { traceparent } : {};
}

function codeOf(payload: unknown): string {
  if (typeof payload !== "string") return "";
  const { code } = JSON.parse(payload) as { code?: unknown };
  return typeof code === "string" ? code : "";
}
