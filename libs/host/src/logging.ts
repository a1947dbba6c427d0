import { trace } from "@opentelemetry/api";
import { type Logger, pino } from "pino";
import { sendLine } from "./otlp/log-lines.ts";

export type { Logger } from "pino";

// What must never be read in a log, wherever a caller put it.
const SECRET_FIELDS = ["password", "secret", "token", "nodeKey", "node_key", "authorization", "enroll_secret"];

/** A logger that writes one JSON object a line, with the trace it belongs to, to standard output and where logs are sent. */
export function createLogger(service: string, level: string): Logger {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: [...SECRET_FIELDS, ...SECRET_FIELDS.map((field) => `*.${field}`)], censor: "[secret]" },
    hooks: {
      streamWrite: (line) => {
        sendLine(line);
        return line;
      },
    },
    mixin: () => {
      const context = trace.getActiveSpan()?.spanContext();
      return context === undefined ? {} : { trace_id: context.traceId };
    },
  });
}
