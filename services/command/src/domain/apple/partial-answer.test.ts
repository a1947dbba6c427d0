import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AppleBody } from "./apple-body.ts";
import { isPartial } from "./partial-answer.ts";
import { supersedeKey } from "./supersede.ts";

const partial = (requestType: string, body: AppleBody, personal = false): boolean =>
  isPartial(
    {
      requestType,
      userId: "",
      epoch: 1,
      priority: 0,
      putOff: false,
      bodyId: undefined,
      supersedeKey: supersedeKey(requestType, body),
    },
    personal,
  );

describe("the answer to a question", () => {
  it("stands for everything when everything was asked for", () => {
    assert.equal(partial("ManagedApplicationList", { parameters: {} }), false);
    assert.equal(partial("InstalledApplicationList", { parameters: { ManagedAppsOnly: true } }, true), false);
    assert.equal(partial("DeviceInformation", { parameters: { Queries: ["OSVersion"] } }), false);
  });

  it("stands for some things when they were named, or nobody knows what was asked", () => {
    assert.equal(partial("ManagedApplicationList", { parameters: { Identifiers: ["a.b"] } }), true);
    assert.equal(partial("InstalledApplicationList", { parameters: { Items: ["Name"] } }), true);
    assert.equal(partial("InstalledApplicationList", { parameters: { ManagedAppsOnly: true } }), true);
    assert.equal(partial("ProfileList", { parameters: {}, rawPlist: "<plist/>" }), true);
  });
});
