import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bringTogether } from "./bring-together.ts";

const seen = { name: "Disk", resolution: "", platforms: ["PLATFORM_MACOS"] };

describe("two edits of one thing", () => {
  it("keep what was written here, and take over what only the other changed", () => {
    const { draft, differences } = bringTogether(
      seen,
      { ...seen, name: "Disk is encrypted" },
      { ...seen, name: "Disk encryption", platforms: ["PLATFORM_LINUX"] },
    );
    assert.deepEqual(draft, { name: "Disk is encrypted", resolution: "", platforms: ["PLATFORM_LINUX"] });
    assert.deepEqual(
      differences.map(({ name, touched }) => [name, touched]),
      [
        ["name", true],
        ["platforms", false],
      ],
    );
  });

  it("differ in nothing where both wrote the same, or the other changed only what is not in the form", () => {
    const mine = { ...seen, name: "Encryption", resolution: "Turn it on." };
    assert.deepEqual(bringTogether(seen, mine, { ...seen, name: "Encryption" }), { draft: mine, differences: [] });
    assert.deepEqual(bringTogether(seen, mine, seen), { draft: mine, differences: [] });
  });
});
