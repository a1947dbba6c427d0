import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { filterOf, likePatternOf } from "./type-pattern.ts";

describe("a filter on event types", () => {
  it("names one type, or all that begin alike", () => {
    assert.equal(likePatternOf("muster.policy.v1.ComplianceChanged"), "muster.policy.v1.ComplianceChanged");
    assert.equal(likePatternOf("muster.policy.*"), "muster.policy.%");
    assert.equal(likePatternOf("*"), "%");
  });

  it("is shown as it was written", () => {
    for (const filter of ["muster.policy.*", "*", "muster.policy.v1.PolicyChanged"]) {
      assert.equal(filterOf(likePatternOf(filter)), filter);
    }
  });

  it("is refused when nothing could match it", () => {
    for (const filter of ["", "muster.policy.v1.Compliance", "muster.*.v1.PolicyChanged", "acme.*", "muster.%"]) {
      assert.throws(() => likePatternOf(filter), { code: "activity.bad_type" }, filter);
    }
  });
});
