import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hardwareKindOf } from "./hardware-kind.ts";

describe("what a machine is", () => {
  it("is read from its vendor and model, and unknown when they do not say", () => {
    const machines = [
      ["Apple Inc.", "MacBookPro18,3", "laptop"],
      ["LENOVO", "ThinkPad X1 Carbon", "laptop"],
      ["Dell Inc.", "PowerEdge R650", "server"],
      ["Dell Inc.", "OptiPlex 7090", "desktop"],
      ["Microsoft Corporation", "Virtual Machine", "virtual"],
      ["QEMU", "Standard PC (Q35 + ICH9, 2009)", "virtual"],
      ["Apple Inc.", "Mac14,2", "unknown"],
      ["", "", "unknown"],
    ] as const;
    for (const [vendor, model, kind] of machines) assert.equal(hardwareKindOf(vendor, model), kind, model);
  });
});
