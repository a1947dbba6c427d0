import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { requireHooksFirst } from "./hook-order.ts";

const migrated = { at: "2026-01-01T00:00:01Z", what: "Job muster-migrate-policy done" };
const declared = { at: "2026-01-01T00:00:02Z", what: "Job muster-bootstrap done" };
const changed = { at: "2026-01-01T00:00:03Z", what: "Deployment muster-policy changed" };

describe("the order of hooks", () => {
  it("is told as it was, whatever the order in which one hears of it", () => {
    assert.equal(
      requireHooksFirst([declared, migrated], [changed]),
      [migrated, declared, changed].map(({ at, what }) => `${at}  ${what}`).join("\n"),
    );
  });

  it("is wrong when a Deployment was changed before the last of them was done", () => {
    const late = { ...declared, at: "2026-01-01T00:00:04Z" };
    assert.throws(() => requireHooksFirst([migrated, late], [changed]), /changed before the hooks were done/);
  });

  it("is not believed where one of both left no trace", () => {
    assert.throws(() => requireHooksFirst([], [changed]), /leave a trace/);
    assert.throws(() => requireHooksFirst([declared], []), /leave a trace/);
  });
});
