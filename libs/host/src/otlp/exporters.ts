import type { MeterProvider } from "@opentelemetry/api";
import { BatchLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace";
import type { OtlpSettings } from "./otlp-settings.ts";

// Each exporter is loaded only where its signal is sent: what is not used takes no memory.

export async function metricExport(settings: OtlpSettings): Promise<PeriodicExportingMetricReader | undefined> {
  const { signals, metricIntervalMs, metricTimeoutMs } = settings;
  if (signals.metrics === undefined) return undefined;
  const { OTLPMetricExporter } =
    signals.metrics === "http/json"
      ? await import("@opentelemetry/exporter-metrics-otlp-http")
      : await import("@opentelemetry/exporter-metrics-otlp-proto");
  return new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter(),
    exportIntervalMillis: metricIntervalMs,
    exportTimeoutMillis: metricTimeoutMs,
  });
}

export async function spanExport(
  { signals, traceDelayMs }: OtlpSettings,
  selfObsMeterProvider: MeterProvider,
): Promise<BatchSpanProcessor | undefined> {
  if (signals.traces === undefined) return undefined;
  const { OTLPTraceExporter } =
    signals.traces === "http/json"
      ? await import("@opentelemetry/exporter-trace-otlp-http")
      : await import("@opentelemetry/exporter-trace-otlp-proto");
  const exporter = new OTLPTraceExporter({ selfObsMeterProvider });
  return new BatchSpanProcessor({ exporter, scheduledDelayMillis: traceDelayMs, selfObsMeterProvider });
}

export async function logExport(
  { signals, logDelayMs }: OtlpSettings,
  selfObsMeterProvider: MeterProvider,
): Promise<BatchLogRecordProcessor | undefined> {
  if (signals.logs === undefined) return undefined;
  const { OTLPLogExporter } =
    signals.logs === "http/json"
      ? await import("@opentelemetry/exporter-logs-otlp-http")
      : await import("@opentelemetry/exporter-logs-otlp-proto");
  const exporter = new OTLPLogExporter({ selfObsMeterProvider });
  return new BatchLogRecordProcessor({ exporter, scheduledDelayMillis: logDelayMs, selfObsMeterProvider });
}
