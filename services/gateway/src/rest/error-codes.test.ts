import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { CODES } from "../domain/refusals.ts";

describe("the list of error codes", () => {
  it("explains every code of the gateway", async () => {
    const text = await readFile(join(import.meta.dirname, "../../../../docs/api-errors.md"), "utf8");
    assert.deepEqual(
      Object.keys(CODES).filter((code) => !text.includes(`\`${code}\``)),
      [],
    );
  });
});
