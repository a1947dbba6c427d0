import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Refusal } from "@muster/host/refusal";
import { failureOf } from "./status.ts";

describe("a refusal on its way over gRPC", () => {
  it("is no longer than a header may be, whatever it repeats", () => {
    const { details, metadata } = failureOf(
      new Refusal("label.bad", "invalid", `"${"💻".repeat(100_000)}" is too long`),
    );
    assert.equal(details.length, 500);
    assert.ok(details.isWellFormed() && details.endsWith("…"));
    assert.deepEqual(metadata.get("muster-code"), ["label.bad"]);
  });

  it("is said whole when it fits", () => {
    assert.equal(failureOf(new Refusal("label.bad", "invalid", "say which")).details, "say which");
  });
});
