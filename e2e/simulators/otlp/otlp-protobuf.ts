import { attributesOf, bytes, type Fields, fixed64, messages, number, recordsOf } from "./message-fields.ts";
import type { Span } from "./span.ts";

const spanOf = (service: string, span: Fields): Span => ({
  service,
  traceId: bytes(span, 1).toString("hex"),
  spanId: bytes(span, 2).toString("hex"),
  parentSpanId: bytes(span, 4).toString("hex"),
  name: bytes(span, 5).toString(),
  kind: number(span, 6),
  startNs: fixed64(span, 7),
  endNs: fixed64(span, 8),
  attributes: attributesOf(span, 9),
  links: messages(span, 13).map((link) => ({
    traceId: bytes(link, 1).toString("hex"),
    spanId: bytes(link, 2).toString("hex"),
  })),
  status: number(messages(span, 15)[0] ?? new Map(), 3),
});

/** Reads an ExportTraceServiceRequest in protobuf; field numbers are those of opentelemetry/proto/trace/v1. */
export const readOtlpProtobuf = (body: Buffer): Span[] => recordsOf(body, spanOf);
