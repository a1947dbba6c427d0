import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { entityTag, expectedRevisions, isHeld } from "./entity-tag.ts";

const TAG = entityTag(3, '{"name":"Disk"}');

describe("the tag of a thing", () => {
  it("is strong, begins with the revision, and is another one for another answer", () => {
    assert.match(TAG, /^"3-[\w-]{16}"$/);
    assert.notEqual(entityTag(3, '{"name":"Disks"}'), TAG);
  });

  it("names its revision in If-Match, as the revision alone does", () => {
    assert.deepEqual(expectedRevisions(TAG), [3]);
    assert.deepEqual(expectedRevisions('"3"'), [3]);
    assert.deepEqual(expectedRevisions(`${TAG} ,"4",, "3"`), [3, 4]);
  });

  it("fits nothing when it is weak or none of ours, and anything as *", () => {
    for (const tag of [`W/${TAG}`, 'W/"3"', '"x"', '"03"', '""', '"4294967296"', '"3-short"', '"3,4"'])
      assert.deepEqual(expectedRevisions(tag), [2 ** 32 - 1], tag);
    assert.deepEqual(expectedRevisions(" * "), []);
  });

  it("is found in If-None-Match, also as a weak one", () => {
    for (const held of [TAG, `W/${TAG}`, `"1" , W/${TAG}`, "*"]) assert.ok(isHeld(held, TAG), held);
    assert.ok(!isHeld('"3"', TAG));
  });

  it("is refused when it is no tag", () => {
    for (const bad of ["3", '"3', '"3" 4', '"3", *', "", ",", 'w/"3"', `${'"1",'.repeat(101)}"1"`, '"a b"', '"1", "'])
      assert.throws(() => expectedRevisions(bad), { code: "api.bad_request" }, bad);
  });
});
