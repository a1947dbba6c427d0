import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ConfigurationError } from "../environment.ts";
import { readOtlpSettings } from "./otlp-settings.ts";

const signals = (env: NodeJS.ProcessEnv) => readOtlpSettings(env).signals;
const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" };

describe("where telemetry goes", () => {
  it("is nowhere until an address is given", () => {
    assert.deepEqual(signals({}), {});
  });

  it("is one address for all, or one for each", () => {
    const all = { traces: "http/protobuf", metrics: "http/protobuf", logs: "http/protobuf" };
    assert.deepEqual(signals(endpoint), all);
    assert.deepEqual(signals({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://collector:4318/v1/metrics" }), {
      metrics: "http/protobuf",
    });
  });

  it("is nowhere for a signal that is switched off", () => {
    assert.deepEqual(signals({ ...endpoint, OTEL_LOGS_EXPORTER: "none", OTEL_TRACES_EXPORTER: "otlp" }), {
      traces: "http/protobuf",
      metrics: "http/protobuf",
    });
    assert.deepEqual(signals({ ...endpoint, OTEL_SDK_DISABLED: "true" }), {});
  });

  it("is spoken to in the encoding that is asked for, each signal in its own", () => {
    const given = {
      ...endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "http/protobuf",
    };
    assert.deepEqual(signals(given), { traces: "http/json", metrics: "http/json", logs: "http/protobuf" });
  });

  it("is refused where it would not be what was asked for", () => {
    assert.throws(() => signals({ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }), ConfigurationError);
    assert.throws(() => signals({ OTEL_METRICS_EXPORTER: "prometheus,otlp" }), ConfigurationError);
  });
});
