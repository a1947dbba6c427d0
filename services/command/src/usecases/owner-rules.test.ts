import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AppleReach } from "../domain/apple/apple-device.ts";
import { ALL_RIGHTS } from "../domain/apple/catalogue/command-facts.ts";
import { ownershipForbids, type Reach } from "../domain/channel.ts";
import { ownerRules, TOLD } from "./owner-rules.ts";

const reach = (personal: boolean, agent = 1): Reach => ({
  enrolled: true,
  personal,
  generations: { osquery: 0, orbit: 0, agent },
});
const iPhone = (personal: boolean): AppleReach => ({
  platform: "ios",
  osVersion: "18.1",
  supervised: !personal,
  automated: !personal,
  personal,
  accessRights: ALL_RIGHTS,
  epoch: 1,
  enrolled: true,
});

const allowed = (...of: Parameters<typeof ownerRules>) =>
  ownerRules(...of)
    .filter((rule) => rule.allowed)
    .map(({ says }) => says);

describe("what its owner is told that a device may be told to do", () => {
  it("is what ownership allows, sentence by sentence", () => {
    for (const personal of [false, true]) {
      const rules = ownerRules({ reach: reach(personal), apple: undefined });
      for (const [index, { order, says }] of TOLD.entries()) {
        const wish = { type: order.type, freeText: order.script?.scriptId === "" };
        if (ownershipForbids(wish, personal)) assert.equal(rules[index]?.allowed, false, says);
      }
    }
  });

  it("differs between the organisation's machine and a person's own", () => {
    const machine = allowed({ reach: reach(false), apple: undefined });
    const own = allowed({ reach: reach(true), apple: undefined });
    assert.deepEqual(
      machine.filter((says) => !own.includes(says)),
      ["Run a script that somebody wrote just now", "Restart", "Switch itself off"],
    );
    assert.deepEqual(own, [
      "Answer all its questions again now",
      "Run a script that your organisation keeps on file",
      "Be managed no longer",
    ]);
  });

  it("never says that a person's own iPhone can be erased or found, and says it of the organisation's", () => {
    const [own, organisations] = [true, false].map((personal) =>
      allowed({ reach: reach(personal, 0), apple: iPhone(personal) }),
    );
    assert.deepEqual(
      ["Erase everything on it", "Lock itself as lost and show a message", "Say where it is"].map((says) => [
        own?.includes(says),
        organisations?.includes(says),
      ]),
      [
        [false, true],
        [false, true],
        [false, true],
      ],
    );
  });

  it("is nothing once the device has left", () => {
    assert.deepEqual(allowed({ reach: { ...reach(false), enrolled: false }, apple: undefined }), []);
  });
});
