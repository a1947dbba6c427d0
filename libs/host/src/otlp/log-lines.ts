import { type AnyValue, context, logs, SeverityNumber } from "@opentelemetry/api";
import { isTracingSuppressed } from "@opentelemetry/core";
import { ATTRIBUTE } from "../telemetry-names.ts";

interface Line {
  readonly level: string;
  readonly time: string;
  readonly msg?: string;
  readonly err?: { readonly type?: string; readonly message?: string; readonly stack?: string };
  readonly [field: string]: unknown;
}

const SEVERITIES: Readonly<Record<string, SeverityNumber>> = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
};

const logger = logs.getLogger("muster");

/**
 * Sends a finished line of the log by OTLP as well, where logs are sent. It is read back from its text, so that nothing
 * can leave this way that standard output does not show: what was redacted there is redacted here.
 */
export function sendLine(text: string): void {
  // What the exporters themselves say stays here: a receiver that is away would be sent lines about itself without an end.
  if (!logger.enabled() || isTracingSuppressed(context.active())) return;
  // The service is in the resource, and the trace in the record.
  const { level, time, msg = "", err, service: _service, trace_id: _trace, ...fields } = JSON.parse(text) as Line;
  logger.emit({
    timestamp: new Date(time),
    severityNumber: SEVERITIES[level] ?? SeverityNumber.UNSPECIFIED,
    severityText: level.toUpperCase(),
    body: msg,
    attributes: {
      ...(fields as Record<string, AnyValue>),
      ...(err !== undefined && {
        [ATTRIBUTE.exceptionType]: err.type,
        [ATTRIBUTE.exceptionMessage]: err.message,
        [ATTRIBUTE.exceptionStacktrace]: err.stack,
      }),
    },
  });
}
