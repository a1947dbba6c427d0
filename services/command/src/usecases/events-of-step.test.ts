import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AppleWork } from "../domain/apple/apple-work.ts";
import type { Command } from "../domain/command.ts";
import { because, type CommandEvent } from "../domain/decide.ts";
import { newCommand } from "../domain/new-command.ts";
import { eventsOfStep } from "./events-of-step.ts";

const [deviceId, commandId] = ["01932c07-209e-7a3c-8c8e-3f6d5c1f0a11", "01932c07-209e-7a3c-8c8e-000000000001"];
const endedAt = new Date("2026-11-02T10:00:00Z");

const command: Command = {
  ...newCommand({
    tenant: "acme",
    deviceId,
    id: commandId,
    type: "restart",
    script: undefined,
    apple: undefined,
    createdBy: "ada@example.com",
    reason: "",
    traceparent: "",
    createdAt: new Date("2026-11-02T09:00:00Z"),
    expiresAt: new Date("2026-11-03T09:00:00Z"),
  }),
  endedAt,
};
const apple = (requestType: string): Partial<Command> => {
  const work: AppleWork = {
    requestType,
    userId: "",
    epoch: 1,
    priority: 10,
    supersedeKey: "",
    putOff: false,
    bodyId: undefined,
  };
  return { type: "apple", apple: work };
};
const acknowledged: CommandEvent = { type: "CommandAcknowledged", result: because("") };
const told = (event: CommandEvent, changes: Partial<Command> = {}) =>
  eventsOfStep({ event, after: { ...command, ...changes } });
const names = (...step: Parameters<typeof told>) => told(...step).map(({ type }) => type.split(".").at(-1));

describe("what is told of a step", () => {
  it("is the command as it is now, or nothing where nobody is to know", () => {
    const [only, ...others] = told(acknowledged);
    assert.deepEqual(others, []);
    assert.ok(only?.type === "muster.command.v1.CommandAcknowledged");
    assert.equal(only.data.command?.id, commandId);
    assert.deepEqual(names({ type: "CommandExpired" }), ["CommandExpired"]);
    assert.deepEqual(names({ type: "CommandRunning" }), []);
    assert.deepEqual(names({ type: "HandedOutAgain", leaseUntil: undefined }), []);
  });

  it("says besides that a device accepted a refetch, over whichever protocol", () => {
    const [first, second, ...others] = told(acknowledged, { type: "refetch" });
    assert.equal(first?.type, "muster.command.v1.CommandAcknowledged");
    assert.deepEqual(second, { type: "muster.command.v1.RefetchAccepted", data: { deviceId, commandId } });
    assert.deepEqual(others, []);
    const overApple = { ...apple("DeviceInformation"), type: "refetch" } as const;
    assert.deepEqual(names(acknowledged, overApple), ["CommandAcknowledged", "RefetchAccepted"]);
    for (const type of ["CommandDelivered", "CommandFailed", "CommandCancelled"] as const)
      assert.deepEqual(names({ type, leaseUntil: undefined, result: because("") }, { type: "refetch" }), [type]);
  });

  it("says besides that a change of profiles that policy wanted was carried out, and of no other", () => {
    const createdBy = "policy";
    for (const requestType of ["InstallProfile", "RemoveProfile"]) {
      const wanted = { ...apple(requestType), createdBy };
      assert.deepEqual(told(acknowledged, wanted)[1], {
        type: "muster.command.v1.ProfileChangeAcknowledged",
        data: { deviceId, commandId, endedAt },
      });
      assert.deepEqual(names({ type: "CommandFailed", result: because("no") }, wanted), ["CommandFailed"]);
      assert.deepEqual(names(acknowledged, apple(requestType)), ["CommandAcknowledged"]);
      assert.deepEqual(names(acknowledged, { ...wanted, createdBy: "policy:7" }), ["CommandAcknowledged"]);
    }
    assert.deepEqual(names(acknowledged, { ...apple("ProfileList"), createdBy }), ["CommandAcknowledged"]);
    assert.deepEqual(names(acknowledged, { ...apple("DeclarativeManagement"), createdBy }), ["CommandAcknowledged"]);
  });
});
