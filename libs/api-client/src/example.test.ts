import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";

it("the example in the README is the one whose types are checked", () => {
  const [readme = "", example = ""] = ["../README.md", "example.ts"].map((file) =>
    readFileSync(join(import.meta.dirname, file), "utf8"),
  );
  assert.ok(readme.includes(`\`\`\`ts\n${example}\`\`\``));
});
