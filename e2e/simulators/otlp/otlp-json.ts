import type { Span } from "./span.ts";

interface JsonAttribute {
  readonly key: string;
  readonly value?: Readonly<Record<string, unknown>>;
}

interface JsonSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  readonly kind?: number;
  readonly startTimeUnixNano?: string | number;
  readonly endTimeUnixNano?: string | number;
  readonly attributes?: readonly JsonAttribute[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status?: { readonly code?: number };
}

interface JsonRequest {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly JsonAttribute[] };
    readonly scopeSpans?: readonly { readonly spans?: readonly JsonSpan[] }[];
  }[];
}

/** Lists and maps are left empty, as in the protobuf reader. */
const scalarOf = (value: JsonAttribute["value"]): string => {
  const [scalar] = Object.values(value ?? {});
  if (typeof scalar === "string") return scalar;
  return typeof scalar === "number" || typeof scalar === "boolean" ? String(scalar) : "";
};

const attributesOf = (list: readonly JsonAttribute[] | undefined): Record<string, string> =>
  Object.fromEntries((list ?? []).map(({ key, value }) => [key, scalarOf(value)]));

/** Reads an ExportTraceServiceRequest in OTLP's JSON, in which ids are hexadecimal and times decimal text. */
export const readOtlpJson = (text: string): Span[] => {
  const request = JSON.parse(text) as JsonRequest;
  return (request.resourceSpans ?? []).flatMap(({ resource, scopeSpans }) => {
    const service = attributesOf(resource?.attributes)["service.name"] ?? "";
    return (scopeSpans ?? []).flatMap(({ spans }) =>
      (spans ?? []).map((span) => ({
        service,
        name: span.name ?? "",
        traceId: span.traceId.toLowerCase(),
        spanId: span.spanId.toLowerCase(),
        parentSpanId: (span.parentSpanId ?? "").toLowerCase(),
        kind: span.kind ?? 0,
        startNs: BigInt(span.startTimeUnixNano ?? 0),
        endNs: BigInt(span.endTimeUnixNano ?? 0),
        attributes: attributesOf(span.attributes),
        links: (span.links ?? []).map((link) => ({
          traceId: link.traceId.toLowerCase(),
          spanId: link.spanId.toLowerCase(),
        })),
        status: span.status?.code ?? 0,
      })),
    );
  });
};
