import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AppleChannel } from "./apple-channel.ts";
import { selfDescription } from "./self-description.ts";

const channel = { supervised: false, osVersion: "18.1", awaitingConfiguration: true } as AppleChannel;

describe("what a device says of itself", () => {
  it("is news only where it differs from what was known", () => {
    const said = (QueryResponses: object) => selfDescription("DeviceInformation", { QueryResponses }, channel);
    assert.equal(said({ OSVersion: "18.1", IsSupervised: false }), undefined);
    assert.deepEqual(said({ IsSupervised: true }), { ...channel, supervised: true });
    assert.deepEqual(said({ OSVersion: "18.2", AwaitingConfiguration: false }), {
      supervised: false,
      osVersion: "18.2",
      awaitingConfiguration: false,
    });
  });

  it("is heard in no other answer, and of no other type", () => {
    assert.equal(selfDescription("SecurityInfo", { QueryResponses: { IsSupervised: true } }, channel), undefined);
    assert.equal(selfDescription("DeviceInformation", { QueryResponses: { IsSupervised: "yes" } }, channel), undefined);
    assert.equal(selfDescription("DeviceInformation", { QueryResponses: 1 }, channel), undefined);
  });
});
