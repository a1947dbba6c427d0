import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { EventType } from "@muster/contracts/event";
import { officialOcsf } from "@muster/testkit/ocsf-schema";
import { render } from "../render.ts";
import { sampleEvent } from "../testing/sample-events.ts";
import type { ToldEvent } from "../told-event.ts";
import { BaseEvent } from "./classes.ts";
import { MAPPINGS } from "./mappings.ts";

const official = officialOcsf();
const skip = "missing" in official ? official.missing : false;

describe("OCSF as its authors publish it", { skip }, () => {
  const { schema } = official as { schema: Extract<typeof official, { schema: unknown }>["schema"] };
  const types = Object.keys(MAPPINGS) as EventType[];

  const problemsOf = (event: ToldEvent): string[] =>
    schema.problemsOf(JSON.parse(render("ocsf", event))).map((problem) => `${event.type}: ${problem}`);

  it("finds nothing wrong with any event", () => {
    assert.deepEqual(
      types.flatMap((type) => problemsOf(sampleEvent(type))),
      [],
    );
  });

  it("finds nothing wrong with a sign-in, nor with a remediation that a policy asked for", () => {
    const signIn = sampleEvent("muster.gateway.v1.ActionTaken");
    const told = JSON.parse(
      render("ocsf", { ...signIn, data: { ...(signIn.data as object), action: "session.sign_in" } }),
    );
    assert.equal(told.type_name, "Authentication: Logon");
    assert.deepEqual(schema.problemsOf(told), []);
    const remediation = JSON.parse(render("ocsf", sampleEvent("muster.command.v1.CommandAcknowledged")));
    assert.equal(remediation.type_name, "Remediation Activity: Restore");
  });

  it("finds nothing wrong with an event that has no more than it must, or is not known here", () => {
    const { device: _, position: __, ...bare } = sampleEvent("muster.policy.v1.PolicyChanged");
    const unknown = { ...bare, type: "muster.policy.v1.SomethingNew", data: { some: { thing: 1 } } };
    const empty = types.map((type) => ({ ...bare, type, deviceId: "d", actor: "", traceparent: "", data: {} }));
    assert.deepEqual([unknown, ...empty].flatMap(problemsOf), []);
  });

  it("calls classes and activities by the names we call them by, and keeps them", () => {
    for (const kind of [BaseEvent.Other, ...Object.values(MAPPINGS).flatMap(({ kinds }) => kinds)]) {
      const found = schema.classes[kind.class_uid];
      assert.ok(found);
      assert.deepEqual(
        [kind.class_name, kind.activity_name, found.deprecated],
        [found.caption, found.activities[kind.activity_id], false],
      );
    }
  });

  it("has every kind that an event is told as among those its mapping names", () => {
    for (const type of types) {
      const told = JSON.parse(render("ocsf", sampleEvent(type))) as { type_uid: number };
      assert.ok(MAPPINGS[type].kinds.some(({ type_uid }) => type_uid === told.type_uid));
    }
  });
});
