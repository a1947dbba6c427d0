import { bytes, recordsOf } from "./message-fields.ts";

export interface Metric {
  /** `service.name` of the resource. */
  readonly service: string;
  readonly name: string;
  readonly unit: string;
}

/** Reads an ExportMetricsServiceRequest in protobuf; field numbers are those of opentelemetry/proto/metrics/v1. */
export const readMetrics = (body: Buffer): Metric[] =>
  recordsOf(body, (service, metric) => ({
    service,
    name: bytes(metric, 1).toString(),
    unit: bytes(metric, 3).toString(),
  }));
