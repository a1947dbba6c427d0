import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ArrivedEvent } from "@muster/eventbus/event-message";
import { readEvent, UnreadableEvent } from "./heard-event.ts";

const arrived = (body: string): ArrivedEvent => ({
  id: "01990000-0000-7000-8000-000000000001",
  type: "muster.policy.v1.ComplianceChanged",
  tenant: "acme",
  deviceId: "device",
  actor: "",
  time: new Date(0),
  traceparent: "",
  body,
});

describe("an event that arrived", () => {
  it("is read, and keeps its body as it came, with what a newer release says", () => {
    const body = '{"deviceId":"device","version":"7","later":{"than":"this"}}';
    const event = readEvent(arrived(body));
    assert.equal(event.body, body);
    assert.ok(event.type === "muster.policy.v1.ComplianceChanged");
    assert.equal(event.data.version, 7);
    assert.equal("later" in event.data, false);
  });

  it("cannot be read when its body is no JSON, or none that a message can be", () => {
    for (const body of ["", "{", "null", "7", '"text"', "[]", '[{"version":"7"}]']) {
      assert.throws(() => readEvent(arrived(body)), UnreadableEvent, body);
    }
  });
});
