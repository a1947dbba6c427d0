import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { beginAddress, refusedBecause } from "./refused.ts";

describe("signing in by a provider", () => {
  it("comes back to the place that was left, without what was said there of the last attempt", () => {
    const place = { pathname: "/devices", search: "?label=a&sign_in_refused=sign_in.no_role" };
    assert.equal(beginAddress("p1", place), "/api/v1/sign-in/providers/p1?return_to=%2Fdevices%3Flabel%3Da");
    assert.equal(beginAddress("p1", { pathname: "/", search: "" }), "/api/v1/sign-in/providers/p1?return_to=%2F");
  });

  it("says why it came to nothing", () => {
    assert.equal(refusedBecause("?label=a"), undefined);
    assert.match(refusedBecause("?sign_in_refused=sign_in.no_role") ?? "", /None of your groups/);
    assert.match(refusedBecause("?sign_in_refused=new.code") ?? "", /new\.code/);
  });
});
