import { attributesOf, bytes, messages, recordsOf, valueText } from "./message-fields.ts";

export interface LogRecord {
  /** `service.name` of the resource. */
  readonly service: string;
  readonly severity: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Empty where the line was written outside of any trace. */
  readonly traceId: string;
}

/** Reads an ExportLogsServiceRequest in protobuf; field numbers are those of opentelemetry/proto/logs/v1. */
export const readLogRecords = (body: Buffer): LogRecord[] =>
  recordsOf(body, (service, record) => ({
    service,
    severity: bytes(record, 3).toString(),
    body: valueText(messages(record, 5)[0]),
    attributes: attributesOf(record, 6),
    traceId: bytes(record, 9).toString("hex"),
  }));
