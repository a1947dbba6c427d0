import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { render } from "@muster/event-formats/render";
import { outgoingEvent } from "../../testing/outgoing-event.ts";
import { recordOf } from "./record.ts";

const about = { deviceId: "d1", actor: "ada@acme.example" };
const ATTRIBUTES = {
  ce_specversion: "1.0",
  ce_id: outgoingEvent(1).id,
  ce_source: "/muster/policy",
  ce_type: "muster.policy.v1.PolicyChanged",
  ce_subject: "d1",
  ce_time: "2026-03-01T08:00:00.000Z",
  ce_tenant: "acme",
  ce_actor: "ada@acme.example",
  ce_position: "7.1",
};

describe("an event as a Kafka record", () => {
  it("is a CloudEvent in binary mode: its attributes in headers, its data as the value", () => {
    const event = outgoingEvent(1, about);
    const text = render("cloudevents", { ...event, traceparent: "", data: { name: "Zürich" } });
    assert.deepEqual(recordOf({ ...event, text }, "cloudevents"), {
      key: "d1",
      value: '{"name":"Zürich"}',
      headers: { "content-type": "application/json", ...ATTRIBUTES, ce_timestamp: ATTRIBUTES.ce_time },
    });
  });

  it("has the same attributes beside another format, which is the value as it is", () => {
    assert.deepEqual(recordOf(outgoingEvent(1, about), "ocsf"), {
      key: "d1",
      value: '{"n":1}',
      headers: { "content-type": "application/json", ...ATTRIBUTES },
    });
    const cef = recordOf(outgoingEvent(1, { text: "CEF:0|…" }), "cef");
    assert.deepEqual([cef.value, cef.headers["content-type"]], ["CEF:0|…", "text/plain; charset=utf-8"]);
  });

  it("has the tenant as its key and no subject when it is about no device", () => {
    const { key, headers } = recordOf(outgoingEvent(1), "ecs");
    assert.equal(key, "acme");
    assert.ok(!("ce_subject" in headers) && !("ce_actor" in headers));
  });
});
