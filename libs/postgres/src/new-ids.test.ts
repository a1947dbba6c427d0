import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { validate, version } from "uuid";
import { newIds } from "./new-ids.ts";

describe("new ids", () => {
  it("are as many as asked for, each another one, in order", () => {
    const ids = newIds(100);
    assert.equal(new Set(ids).size, 100);
    assert.deepEqual(ids.toSorted(), ids);
    assert.ok(ids.every((id) => validate(id) && version(id) === 7));
    assert.deepEqual(newIds(0), []);
  });
});
