import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { conditionIn } from "./written-condition.ts";

describe("a condition in a line", () => {
  it("names a fact, its field, an operator and a value that may have spaces", () => {
    assert.deepEqual(conditionIn(" os_version.name  starts_with Ubuntu 24 "), {
      fact: "os_version",
      field: "name",
      operator: "starts_with",
      value: "Ubuntu 24",
    });
  });

  it("is refused with how it is written", () => {
    for (const text of ["os_version", "os_version.name", "os_version.name is Ubuntu", "os_version.name equals "])
      assert.throws(() => conditionIn(text), { code: "list.bad_condition" }, text);
  });
});
