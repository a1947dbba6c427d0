import { type Parser, readEnvironment, text, wholeNumber } from "../environment.ts";

export type Signal = "traces" | "metrics" | "logs";
export type Encoding = "http/protobuf" | "http/json";

/** Where telemetry goes. Addresses, headers, certificates, compression and timeouts are left to the exporters, which read them by the same rules. */
export interface OtlpSettings {
  /** How each signal is encoded; a signal that is not here is not sent. */
  readonly signals: Readonly<Partial<Record<Signal, Encoding>>>;
  readonly traceDelayMs: number;
  readonly logDelayMs: number;
  readonly metricIntervalMs: number;
  readonly metricTimeoutMs: number;
}

const encoding: Parser<Encoding> = (raw) => {
  if (raw === "http/protobuf" || raw === "http/json") return raw;
  throw new Error(`"${raw}" is not spoken here; it is http/protobuf or http/json`);
};

const exporter: Parser<"otlp" | "none"> = (raw) => {
  if (raw === "otlp" || raw === "none") return raw;
  throw new Error(`"${raw}" is not an exporter that is here; it is otlp or none`);
};

const variablesOf = <S extends Uppercase<Signal>>(signal: S) =>
  ({
    endpoint: [`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, text, ""],
    encoding: [`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`, encoding, undefined],
    exporter: [`OTEL_${signal}_EXPORTER`, exporter, "otlp"],
  }) as const;

/** Reads OpenTelemetry's own variables, as its specification names them; throws a ConfigurationError. */
export function readOtlpSettings(env: NodeJS.ProcessEnv): OtlpSettings {
  const common = readEnvironment(env, {
    disabled: ["OTEL_SDK_DISABLED", (raw) => raw.toLowerCase() === "true", false],
    endpoint: ["OTEL_EXPORTER_OTLP_ENDPOINT", text, ""],
    encoding: ["OTEL_EXPORTER_OTLP_PROTOCOL", encoding, "http/protobuf"],
    traceDelayMs: ["OTEL_BSP_SCHEDULE_DELAY", wholeNumber, 500],
    logDelayMs: ["OTEL_BLRP_SCHEDULE_DELAY", wholeNumber, 1_000],
    metricIntervalMs: ["OTEL_METRIC_EXPORT_INTERVAL", wholeNumber, 60_000],
    metricTimeoutMs: ["OTEL_METRIC_EXPORT_TIMEOUT", wholeNumber, 30_000],
  });
  const encodingOf = (signal: Signal): Encoding | undefined => {
    const own = readEnvironment(env, variablesOf(signal.toUpperCase() as Uppercase<Signal>));
    const off = common.disabled || own.exporter === "none" || (own.endpoint || common.endpoint) === "";
    return off ? undefined : (own.encoding ?? common.encoding);
  };
  const signals: Partial<Record<Signal, Encoding>> = {};
  for (const signal of ["traces", "metrics", "logs"] as const) {
    const chosen = encodingOf(signal);
    if (chosen !== undefined) signals[signal] = chosen;
  }
  const metricTimeoutMs = Math.min(common.metricTimeoutMs, common.metricIntervalMs);
  return { ...common, metricTimeoutMs, signals };
}
