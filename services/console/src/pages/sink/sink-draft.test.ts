import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Sink } from "../../api/types.ts";
import { blankDraft, draftOf, inputOf } from "./sink-draft.ts";

const seen = {
  id: "s1",
  name: "Splunk",
  enabled: false,
  format: "EVENT_FORMAT_OCSF",
  filter: { types: ["muster.policy.v1.*"], services: ["policy"], labelIds: [], deviceIds: [] },
  batching: { maxEvents: 10, maxBytes: 0, lingerMs: 0, inFlight: 1 },
  splunkHec: { url: "https://splunk.example", token: "", acknowledge: true, index: "", source: "", sourceType: "" },
  revision: 3,
} as unknown as Sink;

describe("a sink in a form", () => {
  it("keeps its secrets, whether it is paused, and what the form does not show", () => {
    const { splunkHec, ...rest } = inputOf("splunkHec", { ...draftOf(seen), "splunkHec.index": "main" }, seen);
    assert.deepEqual(rest, {
      name: "Splunk",
      enabled: false,
      format: "EVENT_FORMAT_OCSF",
      filter: { types: ["muster.policy.v1.*"], services: ["policy"], labelIds: [], deviceIds: [] },
      batching: { maxEvents: 10, maxBytes: 0, lingerMs: 0, inFlight: 1 },
    });
    assert.deepEqual(splunkHec, {
      url: "https://splunk.example",
      acknowledge: true,
      index: "main",
      source: "",
      sourceType: "",
    });
  });

  it("sends a secret that was written, and how TLS is checked only where that was said", () => {
    const draft = { ...blankDraft("syslog"), "syslog.host": "syslog.example", "syslog.tls.clientKey": "a key" };
    assert.deepEqual(inputOf("syslog", draft).syslog, {
      host: "syslog.example",
      hostname: "",
      tls: { caCertificates: "", clientCertificate: "", clientKey: "a key", serverName: "" },
    });
    assert.equal(inputOf("syslog", blankDraft("syslog")).syslog?.tls, undefined);
  });

  it("takes several hosts, one a line, and shows a choice that was not made as its default", () => {
    const draft = { ...blankDraft("kafka"), "kafka.brokers": "one.example:9093\ntwo.example:9093\n" };
    const { kafka } = inputOf("kafka", draft);
    assert.deepEqual(kafka?.brokers, ["one.example:9093", "two.example:9093"]);
    assert.equal(kafka?.saslMechanism, "SASL_MECHANISM_UNSPECIFIED");
  });
});
