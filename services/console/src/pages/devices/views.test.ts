import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withView } from "./views.ts";

describe("saved views", () => {
  it("are in order, and one takes the place of another with its name", () => {
    const kept = withView([{ name: "Macs", filters: { platform: "PLATFORM_MACOS" } }], { name: "Away", filters: {} });
    assert.deepEqual(
      kept.map(({ name }) => name),
      ["Away", "Macs"],
    );
    assert.deepEqual(withView(kept, { name: "Macs", filters: { search: "m4" } })[1]?.filters, { search: "m4" });
  });
});
