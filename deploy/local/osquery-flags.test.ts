import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { osqueryFlags } from "./osquery-flags.ts";

/** Flags of osqueryd 5 that have to do with a TLS server, from its documentation of command line flags. */
const DOCUMENTED = new Set([
  "carver_block_size",
  "carver_compression",
  "carver_continue_endpoint",
  "carver_disable_function",
  "carver_expiry",
  "carver_start_endpoint",
  "config_accelerated_refresh",
  "config_plugin",
  "config_refresh",
  "config_tls_endpoint",
  "config_tls_max_attempts",
  "disable_carver",
  "disable_distributed",
  "disable_enrollment",
  "distributed_denylist_duration",
  "distributed_interval",
  "distributed_loginfo",
  "distributed_plugin",
  "distributed_tls_max_attempts",
  "distributed_tls_read_endpoint",
  "distributed_tls_write_endpoint",
  "enroll_always",
  "enroll_secret_env",
  "enroll_secret_path",
  "enroll_tls_endpoint",
  "host_identifier",
  "logger_plugin",
  "logger_tls_backoff_max",
  "logger_tls_compress",
  "logger_tls_endpoint",
  "logger_tls_max_lines",
  "logger_tls_max_linesize",
  "logger_tls_period",
  "specified_identifier",
  "tls_client_cert",
  "tls_client_key",
  "tls_enroll_max_attempts",
  "tls_enroll_max_interval",
  "tls_hostname",
  "tls_server_certs",
  "tls_session_reuse",
  "tls_session_timeout",
]);

const flags = new Map(
  osqueryFlags({ deviceUrl: "https://muster.example:8443", serverCa: "/etc/ca.pem", secretFile: "/etc/secret" })
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [, name = "", value = ""] = /^--([a-z_]+)=(.+)$/.exec(line) ?? [];
      return [name, value] as const;
    }),
);

describe("the flag file for a stock osqueryd", () => {
  it("names only flags that osqueryd documents, each with a value", () => {
    assert.deepEqual(
      [...flags.keys()].filter((name) => !DOCUMENTED.has(name)),
      [],
    );
  });

  it("points every TLS endpoint at a path of the device origin", () => {
    assert.equal(flags.get("tls_hostname"), "muster.example:8443");
    const endpoints = [...flags].filter(([name]) => name.endsWith("_endpoint"));
    assert.equal(endpoints.length, 7);
    for (const [name, path] of endpoints) assert.match(path, /^\/api\/osquery\//, name);
  });

  it("lets osqueryd be asked and send files, which it does not by itself", () => {
    for (const name of ["disable_distributed", "disable_carver"]) assert.equal(flags.get(name), "false", name);
  });
});
