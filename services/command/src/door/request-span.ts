import { inSpan, SpanKind } from "@muster/host/telemetry";
import type { FastifyReply, FastifyRequest } from "fastify";

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** Answers a device's request in a span of its own trace: a traceparent that a device sends is a stranger's, and no parent. */
export const inRequestSpan =
  (handler: Handler): Handler =>
  (request, reply) => {
    const { method } = request;
    const route = request.routeOptions.url ?? "";
    const attributes = { "http.request.method": method, "http.route": route };
    return inSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, () => handler(request, reply));
  };
