import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { updateNeeded } from "./update-gate.ts";

const minimums = [
  { platform: "macos", osVersion: "15.1", buildVersion: "24B83" },
  { platform: "ipados", osVersion: "18", buildVersion: "" },
] as const;
const needed = (product: string, osVersion: string, canUpdateFirst = true) =>
  updateNeeded({ product, osVersion, canUpdateFirst }, minimums)?.osVersion;

describe("the update before enrollment", () => {
  it("is asked of systems older than the oldest of their platform, by number and not by letter", () => {
    assert.equal(needed("Mac15,3", "14.7.1"), "15.1");
    assert.equal(needed("Mac15,3", "15.0.9"), "15.1");
    assert.equal(needed("Mac15,3", "15.1"), undefined);
    assert.equal(needed("Mac15,3", "15.10"), undefined);
    assert.equal(needed("iPad13,18", "17.7.1"), "18");
    assert.equal(needed("iPad13,18", "18.0"), undefined);
    assert.equal(needed("iPhone16,1", "16.0"), undefined);
  });

  it("is not asked of devices that could not, or do not say what they have", () => {
    assert.equal(needed("Mac15,3", "14.7.1", false), undefined);
    assert.equal(needed("Mac15,3", ""), undefined);
  });
});
