import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { partsOf, written } from "./condition.ts";

describe("a condition in the address", () => {
  it("is taken apart and put together again, and is blank where it is none", () => {
    const condition = "os_version.name starts_with Ubuntu 24";
    assert.deepEqual(partsOf(condition), { field: "os_version.name", operator: "starts_with", value: "Ubuntu 24" });
    assert.equal(written(partsOf(condition)), condition);
    assert.deepEqual(partsOf("nonsense"), { field: "", operator: "equals", value: "" });
  });
});
