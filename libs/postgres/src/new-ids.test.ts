import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { validate, version } from "uuid";
import { newIds } from "./new-ids.ts";

describe("new ids", () => {
  it("are as many as asked for, each another one, in order, of now", () => {
    const before = Date.now();
    const ids = newIds(5_000);
    assert.equal(new Set(ids).size, 5_000);
    assert.deepEqual(ids.toSorted(), ids);
    assert.ok(ids.every((id) => validate(id) && version(id) === 7));
    const at = Number.parseInt(ids[0]?.replace("-", "").slice(0, 12) ?? "", 16);
    assert.ok(at >= before && at <= Date.now());
    assert.deepEqual(newIds(0), []);
  });

  it("can be guessed from no other", () => {
    const tails = newIds(1_000).map((id) => id.slice(-11));
    assert.equal(new Set(tails).size, 1_000);
  });
});
