import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { projectionOf } from "./projection.ts";

describe("what a list shows of a device", () => {
  it("names the system of an Apple device by its product, as osquery names that of every other", () => {
    const named = (product_name: string) => {
      const { osName, osVersion } = projectionOf(new Map([["apple_device", { product_name, os_version: "18.1" }]]));
      return [osName, osVersion];
    };
    assert.deepEqual(["iPhone16,1", "iPad14,3", "AppleTV11,1", "Mac14,2", "VirtualMac2,1"].map(named), [
      ["iOS", "18.1"],
      ["iPadOS", "18.1"],
      ["tvOS", "18.1"],
      ["macOS", "18.1"],
      ["macOS", "18.1"],
    ]);
    assert.equal(projectionOf(new Map([["os_version", { name: "Ubuntu", version: "24.04" }]])).osName, "Ubuntu");
    assert.equal(projectionOf(new Map([["apple_device", { device_name: "Ada's" }]])).osName, undefined);
  });
});
