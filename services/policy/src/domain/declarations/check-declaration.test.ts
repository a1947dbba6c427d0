import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findingsIn } from "./check-declaration.ts";

describe("what a declaration says", () => {
  it("may speak of characters that it may not hold, as a pattern for passcodes does", () => {
    const problemsOf = (Echo: string) =>
      findingsIn({
        identifier: "a",
        type: "com.apple.configuration.management.test",
        payload: { Echo, ReturnStatus: "Installed" },
        predicate: "",
        assigned: true,
        userChannel: false,
      }).problems;
    for (const spoken of ["[^\\u0000]", "\\\\ud83d", "🔑"]) assert.deepEqual(problemsOf(spoken), [], spoken);
    for (const held of ["\u0000", "a\\\u0000", "\ud83d"]) assert.equal(problemsOf(held).length, 1, held);
  });
});
