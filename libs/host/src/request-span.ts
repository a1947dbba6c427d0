import type { FastifyReply, FastifyRequest } from "fastify";
import { HTTP_STATUS } from "./http-status.ts";
import { Refusal } from "./refusal.ts";
import { inSpan, SpanKind, type SpanOptions } from "./telemetry.ts";
import { ATTRIBUTE, SPAN, type SpanAttributes } from "./telemetry-names.ts";

export interface RequestSpanOptions extends Pick<SpanOptions, "parent"> {
  /** The route as it is documented; as the door has it when left out. */
  readonly route?: string;
  readonly attributes?: SpanAttributes;
}

/**
 * Answers a request in a span of its own. Without a parent it begins a trace: a traceparent that a device sends is a
 * stranger's.
 */
export function inRequestSpan<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  options: RequestSpanOptions,
  work: () => Promise<T>,
): Promise<T> {
  const { method } = request;
  const { route = request.routeOptions.url ?? "", attributes, parent } = options;
  return inSpan(
    SPAN.http(method, route),
    {
      kind: SpanKind.SERVER,
      ...(parent !== undefined && { parent }),
      attributes: { [ATTRIBUTE.httpMethod]: method, [ATTRIBUTE.httpRoute]: route, ...attributes },
    },
    async (note) => {
      try {
        const answer = await work();
        note({ [ATTRIBUTE.httpStatus]: reply.statusCode });
        return answer;
      } catch (error) {
        note({ [ATTRIBUTE.httpStatus]: error instanceof Refusal ? HTTP_STATUS[error.kind] : 500 });
        throw error;
      }
    },
  );
}

export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** The same handler, in such a span. */
export const traced =
  (handler: Handler): Handler =>
  (request, reply) =>
    inRequestSpan(request, reply, {}, () => handler(request, reply));
