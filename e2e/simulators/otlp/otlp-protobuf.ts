import { readFields, type WireValue } from "./protobuf-fields.ts";
import type { Span } from "./span.ts";

type Fields = ReadonlyMap<number, readonly WireValue[]>;

const messages = (fields: Fields, number: number): Fields[] =>
  (fields.get(number) ?? []).flatMap((value) => (Buffer.isBuffer(value) ? [readFields(value)] : []));

const bytes = (fields: Fields, number: number): Buffer => {
  const value = fields.get(number)?.at(-1);
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
};

const number = (fields: Fields, place: number): number => Number(fields.get(place)?.at(-1) ?? 0);

const fixed64 = (fields: Fields, place: number): bigint => {
  const value = bytes(fields, place);
  return value.length === 8 ? value.readBigUInt64LE() : 0n;
};

/** AnyValue: string 1, bool 2, int 3, double 4; lists and maps are left empty. */
const valueText = (value: Fields | undefined): string => {
  if (value === undefined) return "";
  if (value.has(1)) return bytes(value, 1).toString();
  if (value.has(2)) return String(number(value, 2) === 1);
  if (value.has(3)) return String(BigInt.asIntN(64, value.get(3)?.at(-1) as bigint));
  return value.has(4) ? String(bytes(value, 4).readDoubleLE()) : "";
};

const attributesOf = (fields: Fields, place: number): Record<string, string> =>
  Object.fromEntries(
    messages(fields, place).map((pair) => [bytes(pair, 1).toString(), valueText(messages(pair, 2)[0])]),
  );

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
export const readOtlpProtobuf = (body: Buffer): Span[] =>
  messages(readFields(body), 1).flatMap((resourceSpans) => {
    const [resource] = messages(resourceSpans, 1);
    const service = (resource === undefined ? undefined : attributesOf(resource, 1)["service.name"]) ?? "";
    return messages(resourceSpans, 2).flatMap((scope) => messages(scope, 2).map((span) => spanOf(service, span)));
  });
