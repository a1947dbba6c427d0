import type { Span } from "../../simulators/otlp/span.ts";

const KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"];
const told = ({ service, name, kind }: Span): string => `${service.replace("muster-", "")} ${KINDS[kind]}: ${name}`;

/** Each span with what it hangs below, such as "policy consumer: process X < inventory server: POST /y", sorted. */
export const parentsIn = (spans: readonly Span[], traceId: string): string[] => {
  const own = spans.filter((span) => span.traceId === traceId);
  const byId = new Map(own.map((span) => [span.spanId, span]));
  const parentOf = ({ parentSpanId }: Span): string => {
    const parent = byId.get(parentSpanId);
    if (parent !== undefined) return told(parent);
    return parentSpanId === "" ? "nothing" : "what is not there";
  };
  return own.map((span) => `${told(span)} < ${parentOf(span)}`).toSorted();
};

/** Each span of a trace that has links, with what they lead to, in whatever trace that is. */
export const linksIn = (spans: readonly Span[], traceId: string): string[] => {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const linkedBy = (span: Span): string[] =>
    span.links.flatMap(({ spanId }) => {
      const linked = byId.get(spanId);
      return linked === undefined ? [] : [`${told(span)} ~ ${told(linked)}`];
    });
  return spans.filter((span) => span.traceId === traceId).flatMap(linkedBy);
};
