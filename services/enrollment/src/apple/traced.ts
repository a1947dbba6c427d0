import { inSpan, SpanKind } from "@muster/host/telemetry";
import type { FastifyReply, FastifyRequest } from "fastify";

export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** Answers within the span of the request. */
export const traced =
  (handler: Handler): Handler =>
  (request, reply) => {
    const route = request.routeOptions.url ?? "";
    const attributes = { "http.request.method": request.method, "http.route": route };
    return inSpan(`${request.method} ${route}`, { kind: SpanKind.SERVER, attributes }, () => handler(request, reply));
  };
