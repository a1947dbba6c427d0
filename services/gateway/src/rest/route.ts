import type { DescExtension, FileRegistry } from "@bufbuild/protobuf";
import type { RestRoute } from "@muster/contracts/rest";
import type { HttpDoor } from "@muster/host/http-door";
import { inRequestSpan } from "@muster/host/request-span";
import { currentTrace, currentTraceId, type TraceCarrier, traceOf } from "@muster/host/telemetry";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Admission, isSafe } from "./admission.ts";
import type { AnswerStreams } from "./answer-stream.ts";
import type { BoundDevices } from "./bound-devices.ts";
import { checkFurtherRights } from "./further-rights.ts";
import type { Idempotency } from "./idempotency.ts";
import { expectedBy, taggedBy } from "./preconditions.ts";
import { recordedJson } from "./recorded-json.ts";
import { requestMessage } from "./request-message.ts";
import type { ReadBefore } from "./resource-before.ts";
import { ResponseReader } from "./response-json.ts";
import { type RecordParts, RouteRecord, type Visit } from "./route-record.ts";
import { resumedQuery } from "./stream-position.ts";
import type { Upstream } from "./upstream.ts";

export interface RouteParts {
  readonly registry: FileRegistry;
  readonly admission: Admission;
  readonly boundDevices: BoundDevices;
  readonly idempotency: Idempotency;
  readonly records: RecordParts;
  readonly streams: AnswerStreams;
  /** The option of fields that hold secrets. */
  readonly sensitive: DescExtension;
  readonly readBefore: (route: RestRoute) => ReadBefore;
}

/** Offers one method of the protos as its REST route. */
export function offerRoute(door: HttpDoor, route: RestRoute, upstream: Upstream, parts: RouteParts): void {
  const { registry, admission, boundDevices, idempotency, streams } = parts;
  const reader = new ResponseReader(registry, route);
  const visits = new WeakMap<FastifyRequest, Visit>();
  const record = new RouteRecord(parts.records, route, parts.readBefore(route));
  if (!isSafe(route.method) && route.rpc.methodKind !== "unary") throw new Error(`${route.path} changes and streams`);

  const visitOf = (request: FastifyRequest) => {
    const { principal, ...visit } = visits.get(request) ?? {};
    if (principal === undefined) throw new Error("the request was not admitted");
    return { trace: {}, traceId: "", ...visit, principal };
  };

  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const { principal } = visitOf(request);
    const asked = requestMessage(registry, route, {
      path: request.params as Record<string, string>,
      query: resumedQuery(route, request),
      body: request.body,
      expected: expectedBy(route, request),
    });
    checkFurtherRights(route, asked, principal);
    const message = await boundDevices.hold(route, asked, principal);
    if (route.rpc.methodKind === "server_streaming") {
      const admitAgain = async (): Promise<void> => {
        const listener = await admission.principal(request);
        admission.check(request, listener, route.action);
        await boundDevices.hold(route, asked, listener);
      };
      await streams.send({ request, reply, route, reader, upstream, message, principal, admitAgain });
      return reply;
    }
    if (isSafe(route.method)) {
      const json = reader.json(await upstream.unary(route.rpc, message, principal));
      const text = JSON.stringify(json);
      const tagged = taggedBy(route, json, text, request);
      if (tagged !== undefined) reply.headers({ etag: tagged.tag, "cache-control": "private, no-cache" });
      return tagged?.held === true
        ? reply.code(304).send()
        : reply.code(route.successStatus).type("application/json").send(text);
    }
    const change = async (requestKey?: string) => {
      await record.begin(request, reply, visitOf(request));
      const { answerWithinMs, rpc } = route;
      const json = reader.json(await upstream.unary(rpc, message, principal, { requestKey, answerWithinMs }));
      record.answered(request, recordedJson(parts.sensitive, reader.shape, json));
      return { status: route.successStatus, json: JSON.stringify(json) };
    };
    const { status, json, replayed } = await idempotency.once(request, principal, change, route.answerWithinMs);
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
      visits.set(request, { principal, trace: {}, traceId: "" });
      admission.slow(principal);
      admission.check(request, principal, route.action);
    },
    handler: (request, reply) =>
      inRequestSpan(request, reply, { route: route.path, parent: traceOf(carrierOf(request)) }, async () => {
        const traceId = currentTraceId();
        visits.set(request, { ...visitOf(request), trace: currentTrace(), traceId });
        if (traceId !== "") reply.header("trace-id", traceId);
        return answer(request, reply);
      }),
    ...(!isSafe(route.method) && {
      // Every answer passes here before it is sent, whichever part made it.
      onSend: (request: FastifyRequest, reply: FastifyReply, payload: unknown) =>
        record.end(request, reply, visits.get(request) ?? visitOfNobody(request), payload),
    }),
  });
}

function carrierOf(request: FastifyRequest): TraceCarrier {
  const { traceparent } = request.headers;
  return typeof traceparent === "string" ? { traceparent } : {};
}

function visitOfNobody(request: FastifyRequest): Visit {
  const carrier = carrierOf(request);
  return { principal: undefined, trace: carrier, traceId: carrier.traceparent?.split("-")[1] ?? "" };
}
