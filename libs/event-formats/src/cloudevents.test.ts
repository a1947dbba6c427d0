import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { render } from "./render.ts";
import type { ToldEvent } from "./told-event.ts";

const EVENT: ToldEvent = {
  id: "0193a2b4-0000-7000-8000-000000000001",
  type: "muster.policy.v1.PolicyChanged",
  tenant: "acme",
  source: "/muster/policy",
  time: new Date("2026-10-01T08:00:00.000Z"),
  deviceId: "",
  actor: "",
  traceparent: "",
  data: { policy: { name: "Disks are sealed" } },
};

describe("a CloudEvent", () => {
  it("says nothing of what is not there", () => {
    assert.deepEqual(JSON.parse(render("cloudevents", EVENT)), {
      specversion: "1.0",
      id: EVENT.id,
      source: "/muster/policy",
      type: EVENT.type,
      time: "2026-10-01T08:00:00.000Z",
      timestamp: "2026-10-01T08:00:00.000Z",
      datacontenttype: "application/json",
      tenant: "acme",
      data: EVENT.data,
    });
  });

  it("carries the device as its subject, and names attributes as the specification wants them", () => {
    const told = JSON.parse(
      render("cloudevents", {
        ...EVENT,
        deviceId: "device-1",
        actor: "ada@acme.example",
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        position: "7.1",
      }),
    );
    assert.deepEqual(
      [told.subject, told.actor, told.position, told.traceparent],
      ["device-1", "ada@acme.example", "7.1", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
    );
    for (const name of Object.keys(told)) assert.match(name, /^[a-z0-9]+$/);
  });
});
